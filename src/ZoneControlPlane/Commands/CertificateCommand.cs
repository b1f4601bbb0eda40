using System.CommandLine;
using System.Runtime.InteropServices;
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
        var renew = new Option<bool>("--renew") { Description = "Stay, and write new files after two thirds of each certificate's life, and when the CA has changed" };
        var command = new Command("certificate", "Issues a workload certificate from the built-in CA of a mesh") { mesh, service, output, resources, caFolder, validFor, tags, renew };
        command.SetAction((result, cancellation) => RunAsync(
            new CertificateOptions
            {
                Mesh = result.GetValue(mesh)!,
                Service = result.GetValue(service)!,
                OutputPath = result.GetValue(output)!,
                ResourcePath = result.GetValue(resources),
                CaPath = result.GetValue(caFolder),
                ValidFor = result.GetValue(validFor)!,
                Tags = result.GetValue(tags) ?? [],
                Renews = result.GetValue(renew),
            },
            time,
            result.InvocationConfiguration.Output,
            result.InvocationConfiguration.Error,
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(CertificateOptions options, TimeProvider time, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        try
        {
            var faults = options.Validate(out var tags, out var validFor);
            if (faults.Count > 0)
            {
                faults.ForEach(errors.WriteLine);
                return ExitCodes.BadConfiguration;
            }

            var renewal = Prepare(options, tags, validFor, time);
            renewal.Refresh();
            output.WriteLine($"Certificate of {SpiffeId.OfService(options.Mesh, options.Service)} written to {options.OutputPath}");
            if (options.Renews)
            {
                await RenewAsync(renewal, output, errors, cancellation);
            }

            return ExitCodes.Success;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            errors.WriteLine($"certificate: {exception.Message}");
            return ExitCodes.Failure;
        }
    }

    private static WorkloadCertificateRenewal Prepare(CertificateOptions options, TagSet tags, TimeSpan validFor, TimeProvider time)
    {
        var folder = options.CaPath ?? CertificateAuthorityStore.DefaultFolder(options.ResourcePath!);
        Directory.CreateDirectory(folder);
        var certificate = new RenewingCertificate(options.Service, tags, validFor);
        return new WorkloadCertificateRenewal(options.Mesh, certificate, options.OutputPath, new CertificateAuthorityStore(folder, time), time);
    }

    // Until SIGTERM, SIGINT or the caller ends it.
    private static async Task RenewAsync(WorkloadCertificateRenewal renewal, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        await renewal.RunAsync(
            certificate => output.WriteLine($"Certificate renewed, valid until {certificate.End:u}"),
            reason => errors.WriteLine($"certificate: {reason}; the files stay as they are, and it is tried again"),
            ended.Token);

        void End(PosixSignalContext context)
        {
            context.Cancel = true;
            ended.Cancel();
        }
    }
}
