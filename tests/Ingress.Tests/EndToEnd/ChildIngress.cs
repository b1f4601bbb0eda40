using System.Net;
using System.Text.RegularExpressions;
using Zoneway.TestUtilities;

namespace Zoneway.Ingress.Tests.EndToEnd;

/// <summary>The ingress program as a process of its own, following a file; perhaps started by another program.</summary>
internal sealed partial class ChildIngress : IAsyncDisposable
{
    private readonly ChildProgram _program;

    private ChildIngress(ChildProgram program, IPEndPoint address)
    {
        _program = program;
        Address = address;
    }

    /// <summary>Where its listener <c>inbound</c> accepts.</summary>
    public IPEndPoint Address { get; }

    /// <summary>All it has written so far.</summary>
    public string Output => _program.Output;

    /// <summary>Starts it and waits until its listener accepts.</summary>
    /// <param name="xdsFile">The file to follow.</param>
    /// <param name="launcher">Program and arguments that start it; empty for none.</param>
    public static async Task<ChildIngress> StartAsync(string xdsFile, params string[] launcher)
    {
        string[] command =
        [
            .. launcher, Environment.ProcessPath!, "exec", Path.Combine(AppContext.BaseDirectory, "zone-ingress.dll"),
            "run", "--name", "zi-1", "--xds-file", xdsFile, "--admin-port", "0", "--readiness-port", "0",
        ];
        var program = ChildProgram.Start(command[0], command[1..]);
        await program.ExpectAsync("Listener inbound accepts on ");
        return new ChildIngress(program, IPEndPoint.Parse(Bound().Match(program.Output).Groups["address"].Value));
    }

    /// <summary>Ends it, below its launcher, in order.</summary>
    public Task TerminateAsync() => _program.TerminateAsync(isLauncher: true);

    public ValueTask DisposeAsync() => _program.DisposeAsync();

    [GeneratedRegex(@"Listener inbound accepts on (?<address>[0-9.:]+[0-9])", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Bound();
}
