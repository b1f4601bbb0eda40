using System.CommandLine;
using System.Security.Cryptography;
using Zoneway.ZoneControlPlane.Certificates;
using Zoneway.ZoneControlPlane.Resources;

namespace Zoneway.ZoneControlPlane.Commands;

/// <summary><c>zone-cp certificate</c>: issues a workload certificate from the built-in CA of a mesh.</summary>
internal static class CertificateCommand
{
    /// <summary>The command with its options.</summary>
    /// <param name="time">Clock the certificate's lifetime is measured with.</param>
    public static Command Create(TimeProvider time)
    {
        var mesh = new Option<string>("--mesh") { Description = "Mesh whose CA issues the certificate", Required = true };
        var service = new Option<string>("--service") { Description = "Service of the workload: spiffe://MESH/SERVICE", Required = true };
        var output = new Option<string>("--out") { Description = "Folder that gets tls.crt, tls.key and ca.crt", Required = true };
        var resources = new Option<string?>("--resources") { Description = "Resource directory; the mesh must have an enabled builtin mTLS backend there" };
        var caFolder = new Option<string?>("--ca-dir") { Description = "Folder of the mesh CAs [default: .ca in the resource directory]" };
        var validFor = new Option<string>("--valid-for") { Description = "Lifetime, such as 24h or 90m", DefaultValueFactory = static _ => "24h" };
        var tags = new Option<string[]>("--tag") { Description = "Tag of the workload as key=value; may be given several times", DefaultValueFactory = static _ => [] };
        var command = new Command("certificate", "Issues a workload certificate from the built-in CA of a mesh") { mesh, service, output, resources, caFolder, validFor, tags };
        command.SetAction(result => Run(
            new CertificateOptions
            {
                Mesh = result.GetValue(mesh)!,
                Service = result.GetValue(service)!,
                OutputPath = result.GetValue(output)!,
                ResourcePath = result.GetValue(resources),
                CaPath = result.GetValue(caFolder),
                ValidFor = result.GetValue(validFor)!,
                Tags = result.GetValue(tags) ?? [],
            },
            time,
            result.InvocationConfiguration.Output,
            result.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(CertificateOptions options, TimeProvider time, TextWriter output, TextWriter errors)
    {
        try
        {
            var faults = options.Validate(out var tags, out var validFor);
            if (faults.Count > 0)
            {
                faults.ForEach(errors.WriteLine);
                return ExitCodes.BadConfiguration;
            }

            Issue(options, tags, validFor, time);
            output.WriteLine($"Certificate of {SpiffeId.OfService(options.Mesh, options.Service)} written to {options.OutputPath}");
            return ExitCodes.Success;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            errors.WriteLine($"certificate: {exception.Message}");
            return ExitCodes.Failure;
        }
    }

    private static void Issue(CertificateOptions options, TagSet tags, TimeSpan validFor, TimeProvider time)
    {
        var folder = options.CaPath ?? CertificateAuthorityStore.DefaultFolder(options.ResourcePath!);
        Directory.CreateDirectory(folder);
        using var authority = new CertificateAuthorityStore(folder, time).GetOrCreate(options.Mesh);
        using var certificate = authority.Issue(options.Service, tags, validFor, time.GetUtcNow());
        WorkloadCertificateFiles.Write(options.OutputPath, certificate, authority);
    }
}
