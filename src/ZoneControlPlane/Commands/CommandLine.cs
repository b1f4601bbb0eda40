using System.CommandLine;

namespace Zoneway.ZoneControlPlane.Commands;

/// <summary>The program's command line.</summary>
internal static class CommandLine
{
    /// <summary>Parses and runs a command line.</summary>
    /// <param name="arguments">The arguments, without the program's name.</param>
    /// <param name="output">Gets results and help.</param>
    /// <param name="errors">Gets every fault of the configuration, one on a line.</param>
    /// <param name="cancellation">Ends a running control plane in order.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        var root = new RootCommand("Zoneway's embedded zone control plane: resource files in, xDS for zone ingress and zone egress out")
        {
            RunCommand.Create(),
            CertificateCommand.Create(TimeProvider.System),
        };
        var result = root.Parse(arguments);
        if (result.Errors.Count > 0)
        {
            foreach (var error in result.Errors)
            {
                await errors.WriteLineAsync(error.Message);
            }

            return ExitCodes.BadConfiguration;
        }

        // The host takes SIGTERM and SIGINT itself and gives open streams the time they need.
        var invocation = new InvocationConfiguration { Output = output, Error = errors, ProcessTerminationTimeout = null };
        return await result.InvokeAsync(invocation, cancellation);
    }
}
