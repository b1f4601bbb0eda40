using System.CommandLine;
using Zoneway.TwoZones.Backend;
using Zoneway.TwoZones.Tls;

namespace Zoneway.TwoZones.Commands;

/// <summary>The hidden sub-command that is one back end. The script starts it as a program of its own.</summary>
internal static class BackendCommand
{
    /// <summary>Assembly that has the command.</summary>
    public const string Program = "Zoneway.TwoZones";

    /// <summary>How the line begins that ends in the port.</summary>
    public const string ListeningPrefix = "listening on 127.0.0.1:";

    private const string Name = "backend";

    private static readonly Option<string> Mesh = new("--mesh") { Description = "Mesh that it and its clients belong to", Required = true };
    private static readonly Option<string> Zone = new("--zone") { Description = "Zone it says it is in", Required = true };
    private static readonly Option<string> InstanceName = new("--instance") { Description = "Name it says it has", Required = true };
    private static readonly Option<string> Certificates = new("--certificates") { Description = "Folder with tls.crt, tls.key and ca.crt", Required = true };

    public static Command Create()
    {
        var command = new Command(Name, "Runs one back end on a free port of 127.0.0.1") { Mesh, Zone, InstanceName, Certificates };
        command.Hidden = true;
        command.SetAction((result, cancellation) => RunAsync(
            result.GetRequiredValue(Mesh),
            new Instance(result.GetRequiredValue(Zone), result.GetRequiredValue(InstanceName)),
            result.GetRequiredValue(Certificates),
            result.InvocationConfiguration.Output,
            cancellation));
        return command;
    }

    /// <summary>The command line of an instance.</summary>
    public static IReadOnlyList<string> Arguments(MeshService service, Instance instance, string certificateFolder) =>
        [Name, Mesh.Name, service.Mesh, Zone.Name, instance.Zone, InstanceName.Name, instance.Name, Certificates.Name, certificateFolder];

    private static async Task RunAsync(string mesh, Instance self, string certificateFolder, TextWriter output, CancellationToken cancellation)
    {
        using var identity = MeshIdentity.Load(certificateFolder);
        var log = TextWriter.Synchronized(output);
        using var server = new BackendServer(self, mesh, identity, log.WriteLine);
        await log.WriteLineAsync($"{ListeningPrefix}{server.Port}");
        await server.RunAsync(cancellation);
    }
}
