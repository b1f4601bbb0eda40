using System.Text.Json;
using Zoneway.TestUtilities;

namespace Zoneway.ZoneControlPlane.Tests.Support;

/// <summary>One stream of Google's gRPC for Python, as Debian packages it: a client that shares no code with ours. Waits are limited.</summary>
internal sealed class ForeignAdsClient : IAsyncDisposable
{
    public const string Python = "/usr/bin/python3";

    /// <summary>Arguments of a call of Python that succeeds where the client can run.</summary>
    public const string Check = "-c \"import grpc,google.protobuf\"";

    private readonly ChildProgram _program;
    private int _read;

    private ForeignAdsClient(ChildProgram program) => _program = program;

    /// <summary>Opens a stream.</summary>
    /// <param name="controlPlane">Where.</param>
    /// <param name="variant"><c>sotw</c> or <c>delta</c>.</param>
    /// <param name="token">The <c>authorization</c> metadata; null for none.</param>
    public static ForeignAdsClient Open(Uri controlPlane, string variant, string? token = null)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Support", "ads_client.py");
        string[] arguments = [script, $"{controlPlane.Host}:{controlPlane.Port}", variant, .. token is null ? Array.Empty<string>() : [token]];
        return new ForeignAdsClient(ChildProgram.Start(Python, arguments));
    }

    /// <summary>Sends a request, given in protobuf's JSON form.</summary>
    public Task SendAsync(object request) => _program.WriteLineAsync(JsonSerializer.Serialize(request));

    /// <summary>The next answer, or how the stream ended.</summary>
    public async Task<JsonElement> NextAsync()
    {
        await Eventually.TrueAsync(() => Lines().Length > _read, what: "an answer");
        using var line = JsonDocument.Parse(Lines()[_read++]);
        return line.RootElement.Clone();
    }

    public ValueTask DisposeAsync() => _program.DisposeAsync();

    // What follows the last end of line is not whole yet.
    private string[] Lines() => _program.Output.Split('\n')[..^1];
}
