using System.Security.Cryptography.X509Certificates;
using Zoneway.TestUtilities;
using Zoneway.ZoneControlPlane.Commands;
using Zoneway.ZoneControlPlane.Tests.Support;

namespace Zoneway.ZoneControlPlane.Tests.Commands;

public sealed class CommandLineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
        _errors.Dispose();
    }

    [Fact]
    public async Task Run_ManyFaults_ListsThemAllAndExitsWithTwo()
    {
        var exitCode = await InvokeAsync(
            "run", "--zone", "a b", "--resources", _folder.PathOf("missing"), "--listen", "5678", "--log-level", "loud", "--tls-cert", "x.pem", "--zone-token-key", _folder.PathOf("missing.pem"), "--nack-backoff", "soon", "--certificate-lifetime", "long");

        Assert.Equal(ExitCodes.BadConfiguration, exitCode);
        Assert.Equal(
            ["--zone", "--resources", "--log-level", "--listen", "--tls-cert", "--zone-token-key", "--certificate-lifetime", "--nack-backoff"],
            Faults().Select(static fault => fault[..fault.IndexOfAny([':', ' '])]));
    }

    [Fact]
    public async Task Run_MissingOptions_NamesEach()
    {
        Assert.Equal(ExitCodes.BadConfiguration, await InvokeAsync("run"));
        Assert.Equal(2, Faults().Length);
    }

    [Fact]
    public async Task Run_UntilCancelled_WritesThePortAndStopsInOrder()
    {
        _folder.Write("mesh.yaml", SampleResources.Mesh("prod"));
        using var stop = new CancellationTokenSource();
        var portFile = _folder.PathOf("port");
        using var watcher = new FileSystemWatcher(_folder.Path, "port");
        var written = new ChangeSignal();
        watcher.Renamed += (_, _) => written.Set();
        watcher.EnableRaisingEvents = true;

        var running = InvokeAsync(stop.Token, "run", "--zone", "west", "--resources", _folder.Path, "--listen", "127.0.0.1:0", "--port-file", portFile, "--log-level", "off");
        await written.WaitAsync(TestLimits.Token);
        using var client = new HttpClient();
        var ready = await client.GetAsync($"http://127.0.0.1:{await File.ReadAllTextAsync(portFile)}/ready", TestLimits.Token);
        await stop.CancelAsync();

        Assert.True((int)ready.StatusCode is 200 or 503);
        Assert.Equal(ExitCodes.Success, await running.WaitAsync(TestLimits.Wait));
    }

    [Fact]
    public async Task Run_PortThatIsTaken_ExitsWithOne()
    {
        await using var other = await RunningControlPlane.StartAsync("");

        Assert.Equal(ExitCodes.Failure, await InvokeAsync("run", "--zone", "west", "--resources", _folder.Path, "--listen", $"127.0.0.1:{other.Address.Port}", "--log-level", "off"));
        Assert.Contains("address already in use", Faults().Single(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Certificate_MeshOfTheResources_IsIssuedFromItsAuthority()
    {
        _folder.Write("mesh.yaml", SampleResources.Mesh("prod"));

        var exitCode = await InvokeAsync("certificate", "--mesh", "prod", "--service", "web", "--resources", _folder.Path, "--out", _folder.PathOf("out"), "--tag", "version=v1", "--tag", "team=a");

        Assert.True(exitCode == ExitCodes.Success, _errors.ToString());
        using var leaf = X509Certificate2.CreateFromPemFile(_folder.PathOf("out/tls.crt"), _folder.PathOf("out/tls.key"));
        Assert.Equal(await File.ReadAllTextAsync(_folder.PathOf(".ca/prod/ca.crt")), await File.ReadAllTextAsync(_folder.PathOf("out/ca.crt")));
    }

    [Fact]
    public async Task Certificate_Renew_StaysUntilItIsTold()
    {
        _folder.Write("mesh.yaml", SampleResources.Mesh("prod"));
        using var stop = new CancellationTokenSource();

        var running = InvokeAsync(stop.Token, "certificate", "--mesh", "prod", "--service", "web", "--resources", _folder.Path, "--out", _folder.PathOf("out"), "--valid-for", "1h", "--renew");
        await Eventually.TrueAsync(() => File.Exists(_folder.PathOf("out/tls.crt")));
        Assert.False(running.IsCompleted);
        await stop.CancelAsync();

        Assert.Equal(ExitCodes.Success, await running.WaitAsync(TestLimits.Wait));
    }

    [Fact]
    public async Task Certificate_ManyFaults_ListsThemAllAndExitsWithTwo()
    {
        _folder.Write("mesh.yaml", SampleResources.Mesh("prod", mtls: false));

        var exitCode = await InvokeAsync("certificate", "--mesh", "prod", "--service", "a/b", "--resources", _folder.Path, "--out", _folder.PathOf("out"), "--tag", "novalue", "--valid-for", "-1h");

        Assert.Equal(ExitCodes.BadConfiguration, exitCode);
        Assert.Equal(["--service", "--valid-for", "--tag", "--mesh"], Faults().Select(static fault => fault[..fault.IndexOf(':', StringComparison.Ordinal)]));
    }

    private Task<int> InvokeAsync(params string[] arguments) => InvokeAsync(TestLimits.Token, arguments);

    private Task<int> InvokeAsync(CancellationToken cancellation, params string[] arguments) => CommandLine.RunAsync(arguments, _output, _errors, cancellation);

    private string[] Faults() => _errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
