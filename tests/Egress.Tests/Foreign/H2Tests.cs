using System.Globalization;
using Zoneway.TestUtilities;
using ForeignProgram = Zoneway.TestUtilities.ChildProgram;

namespace Zoneway.Egress.Tests.Foreign;

/// <summary>HTTP/2 as python3-h2 speaks it, and as an attacker does.</summary>
public abstract class H2Tests
{
    private const string Module = "h2, hyperframe, hpack";
    private const string Package = "python3-h2";
    private const long MebiByte = 1024 * 1024;

    // What nothing that a client keeps back or throws at the proxy may add to its memory.
    private const long Bound = 150 * MebiByte;

    // Malformed requests that are forwarded without what is wrong with them.
    private static readonly string[] Purified =
        ["crlf-in-name", "colon-in-name", "space-in-name", "host-beside-authority", "transfer-encoding", "keep-alive", "upgrade", "length-no-number"];

    private readonly SharedEgress _shared;

    protected H2Tests(SharedEgress shared)
    {
        _shared = shared;
        shared.Recorder.Clear();
    }

    [PythonFact(Module, Package)]
    public async Task ResetInTheMiddle_ReachesTheEndpointAndTheConnectionGoesOn()
    {
        await using var client = Start("reset_in_the_middle", SharedEgress.Served);
        await client.ExpectAsync("sent");
        await Eventually.TrueAsync(() => _shared.Service.Waiting == 1);

        await client.WriteLineAsync("");

        await client.ExpectAsync("next 200");
        await Eventually.TrueAsync(() => _shared.Service.Waiting == 0);
    }

    [PythonFact(Module, Package)]
    public async Task ClientThatNeverOpensItsWindows_HoldsNoMemoryAndLetsGoAtItsEnd()
    {
        var before = _shared.Egress.ResidentBytes;
        await using var client = Start("never_opens_windows", SharedEgress.Served);
        await client.ExpectAsync("received 65535");
        await Eventually.TrueAsync(() => _shared.Service.Serving == 50);

        Assert.InRange(_shared.Egress.ResidentBytes - before, long.MinValue, Bound);
        Assert.Equal(0, await client.FinishAsync());

        await Eventually.TrueAsync(() => _shared.Service.Serving == 0);
    }

    [PythonFact(Module, Package)]
    public Task SmallWindows_TheWholeAnswerComes() => ExpectAsync("window_opened_by_and_by", SharedEgress.Served, "status 200 received 500");

    [PythonFact(Module, Package)]
    public Task WindowBeyondItsRange_TheConnectionEnds() => ExpectAsync("window_overflow", SharedEgress.Served, "ended goaway");

    [PythonFact(Module, Package)]
    public Task GoAway_WhatWasAskedIsAnsweredAndTheConnectionEnds() => ExpectAsync("goaway", SharedEgress.Served, "answered status 200\nclosed");

    [PythonFact(Module, Package)]
    public async Task HugeHeaderLists_AreRefusedAndNotForwarded()
    {
        var before = _shared.Egress.ResidentBytes;
        await using var client = Start("huge_headers", SharedEgress.Recorded);

        await client.ExpectAsync("next 200\ndone");

        Assert.DoesNotContain("one status 200", client.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("many status 200", client.Output, StringComparison.Ordinal);
        Assert.Contains("endless closed", client.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("/smuggled", _shared.Recorder.Received, StringComparison.Ordinal);
        Assert.InRange(_shared.Egress.ResidentBytes - before, long.MinValue, Bound);
    }

    [PythonFact(Module, Package)]
    public async Task RapidReset_StaysBoundedAndTheProxyGoesOn()
    {
        var before = _shared.Egress.ResidentBytes;
        await using var client = Start("rapid_reset", SharedEgress.Served);
        await client.ExpectAsync("sent");

        await client.WriteLineAsync("");
        await client.ExpectAsync("next 200");

        await Eventually.TrueAsync(() => _shared.Service.Waiting == 0);
        Assert.InRange(_shared.Service.MostWaiting, 0, 250);
        Assert.InRange(_shared.Egress.ResidentBytes - before, long.MinValue, Bound);
    }

    [PythonFact(Module, Package)]
    public async Task Floods_StayBoundedAndTheProxyGoesOn()
    {
        var before = _shared.Egress.ResidentBytes;

        await ExpectAsync("floods", SharedEgress.Served, "next 200");

        Assert.InRange(_shared.Egress.ResidentBytes - before, long.MinValue, Bound);
    }

    [PythonFact(Module, Package)]
    public async Task MalformedRequests_NeverBecomeOthers()
    {
        var accepted = (await SendMalformedAsync()).Except(Purified).ToList();

        Assert.True(accepted.Count == 0, $"{string.Join(", ", accepted)} forwarded as: {_shared.Recorder.Received}");
        Assert.DoesNotContain("smuggled HTTP/1.1", _shared.Recorder.Received, StringComparison.Ordinal);
        foreach (var text in new[] { "x: smuggled", "x:smuggled", "smuggled: 1\r\n\r\n0", "Host: smuggled", "Transfer-Encoding", "Keep-Alive", "Upgrade" })
        {
            Assert.DoesNotContain(text, _shared.Recorder.Received, StringComparison.OrdinalIgnoreCase);
        }
    }

    private async Task<List<string>> SendMalformedAsync()
    {
        const string Taken = " status 200";
        await using var client = Start("malformed", SharedEgress.Recorded);
        await client.ExpectAsync("next 200\ndone");
        return [.. client.Output.Split('\n').Where(line => line.EndsWith(Taken, StringComparison.Ordinal)).Select(line => line[..^Taken.Length])];
    }

    private async Task ExpectAsync(string scenario, string serverName, string expected)
    {
        await using var client = Start(scenario, serverName);
        await client.ExpectAsync(expected + "\ndone");
    }

    private ForeignProgram Start(string scenario, string serverName) => ForeignProgram.Start(
        PythonModules.Interpreter, Path.Combine(AppContext.BaseDirectory, "Foreign", "h2_client.py"), scenario,
        _shared.Egress.Address.Port.ToString(CultureInfo.InvariantCulture), serverName, _shared.Egress.CertificateFile, _shared.Egress.KeyFile);
}

public sealed class PortableH2Tests(PortableEgress egress) : H2Tests(egress), IClassFixture<PortableEgress>;

public sealed class EngineH2Tests(EngineEgress egress) : H2Tests(egress), IClassFixture<EngineEgress>;
