using System.Globalization;
using System.Text.RegularExpressions;
using ForeignProgram = Zoneway.TestUtilities.ChildProgram;

namespace Zoneway.Egress.Tests.Foreign;

/// <summary>WebSockets over HTTP/1.1 with python3-websockets on both sides.</summary>
public abstract partial class WebSocketTests(string path)
{
    private const string Name = "chat.test";

    [PythonFact("websockets", "python3-websockets")]
    public async Task Messages_PassBothWaysUntilTheClose()
    {
        await using var server = Start("server");
        await server.ExpectAsync("port ");
        await server.ExpectAsync("\n");
        var port = int.Parse(Port().Match(server.Output).Groups[1].Value, CultureInfo.InvariantCulture);
        await using var egress = await ForeignEgress.StartAsync(path, xds => xds.AddHttp(Name, port));
        await using var client = Start("client", egress.Address.Port.ToString(CultureInfo.InvariantCulture), Name, egress.CertificateFile, egress.KeyFile);

        await client.ExpectAsync("echoed\npong\nclosed\ndone");
    }

    private static ForeignProgram Start(params IEnumerable<string> arguments) =>
        ForeignProgram.Start(PythonModules.Interpreter, [Path.Combine(AppContext.BaseDirectory, "Foreign", "websocket_peer.py"), .. arguments]);

    [GeneratedRegex(@"port (\d+)\n")]
    private static partial Regex Port();
}

public sealed class PortableWebSocketTests() : WebSocketTests("portable");

public sealed class EngineWebSocketTests() : WebSocketTests("engine");
