using System.Text.RegularExpressions;
using Zoneway.Ingress.Tests.Settings;
using Zoneway.TestUtilities;

namespace Zoneway.Ingress.Tests.EndToEnd;

/// <summary>How many system calls a message costs: a figure that no other load on the machine changes.</summary>
public sealed partial class SystemCallTests : IDisposable
{
    private const int RoundTrips = 500;

    private static readonly byte[] Hello = ClientHelloBuilder.Typical("red{mesh=default}").Build();

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [ProgramFact("strace", "strace")]
    public async Task PingPong_OneConnection_TakesAtMostThreeCallsPerMessageAndDirection()
    {
        await using var red = new EchoUpstream();
        string file = _directory.Write("xds.yaml", XdsFileText.Ingress(0, ("red", red.Address.Port)));
        string trace = Path.Combine(_directory.Path, "trace");
        await using (var ingress = await ChildIngress.StartAsync(file, "strace", "-f", "-qq", "-e", "trace=epoll_wait,epoll_pwait,recvfrom,sendto,splice", "-o", trace))
        {
            using var client = await TcpPeer.ConnectAsync(ingress.Address);
            await client.SendAsync(Hello);
            Assert.Equal(Hello, await client.ReceiveAsync(Hello.Length));
            for (int i = 0; i < RoundTrips; i++)
            {
                await client.SendAsync("ping");
                Assert.Equal("ping", await client.ReceiveTextAsync(4));
            }

            client.Dispose();
            await ingress.TerminateAsync();
        }

        int calls = Calls().Count(await File.ReadAllTextAsync(trace));

        // A wait, a receive and a send for each of the two directions; the start of program and connection may take a few more.
        Assert.InRange(calls, RoundTrips * 2, (RoundTrips * 6) + 100);
    }

    // A call that another thread interrupts in the trace has a second line, "resumed", which is not counted.
    [GeneratedRegex(@"^\d+ +(epoll_p?wait|recvfrom|sendto|splice)\(", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Calls();
}
