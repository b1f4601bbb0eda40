using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Zoneway.Hosting;
using Zoneway.Hosting.Lifetime;
using Zoneway.Hosting.Settings;
using Zoneway.Ingress.Tests.Settings;
using Zoneway.SniRouter;
using Zoneway.SniRouter.Listeners;
using Zoneway.SniRouter.Proxying;

namespace Zoneway.Ingress.Tests.EndToEnd;

/// <summary>The proxy program in this process, with an admin endpoint on a free port.</summary>
internal sealed partial class RunningProxy : IAsyncDisposable
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(30);

    private readonly Proxy _proxy;
    private readonly HttpClient _http = new() { Timeout = TimeLimit };

    public RunningProxy(ProxySettings settings)
    {
        _proxy = new Proxy(SettingsReading.Ingress, settings with { Admin = new IPEndPoint(IPAddress.Loopback, 0) });
        ExitCode = _proxy.RunAsync();
    }

    public static ProxySettings FollowFile(string path, DataPath dataPath = DataPath.Auto) => new()
    {
        ProxyType = ProxyType.Ingress,
        Name = "zi-1",
        XdsFile = path,
        DrainTime = TimeLimit,
        DrainAcceptTime = TimeSpan.Zero,
        DrainIdleTime = TimeLimit,
        Limits = new SniRouterOptions { DataPath = dataPath },
    };

    /// <summary>Completes when the program has ended.</summary>
    public Task<int> ExitCode { get; }

    public ConnectionTracker Connections => _proxy.Services.GetRequiredService<ConnectionTracker>();

    /// <summary>What a signal does.</summary>
    public void Signal() => _proxy.Services.GetRequiredService<ProxyLifetime>().Stop();

    /// <summary>What SIGUSR2 does.</summary>
    public Task DrainAndStayAsync() => _proxy.Services.GetRequiredService<ProxyLifetime>().DrainAndStayAsync();

    /// <summary>Where a listener accepts; null while it does not.</summary>
    public IPEndPoint? Bound(string listener) => _proxy.Services.GetRequiredService<ListenerManager>().Listeners.GetValueOrDefault(listener);

    public async Task<(HttpStatusCode Status, string Text)> GetAsync(string path)
    {
        using var response = await _http.GetAsync(new Uri(await AdminAddressAsync(), path));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public async Task<HttpStatusCode> PostAsync(string path)
    {
        using var response = await _http.PostAsync(new Uri(await AdminAddressAsync(), path), null);
        return response.StatusCode;
    }

    /// <summary>Waits until <c>/ready</c> answers with a text.</summary>
    public Task ReadinessAsync(string text) => UntilAsync(async () => (await GetAsync("/ready")).Text == text, $"/ready says {text}");

    /// <summary>Waits until a condition holds, within a time limit.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        using var limit = new CancellationTokenSource(TimeLimit);
        while (!await condition())
        {
            Assert.False(limit.IsCancellationRequested, $"Not within {TimeLimit}: {what}");
            // Between two looks only: what ends the wait is the condition.
            await Task.Delay(10, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Signal();
        Signal();
        await ExitCode.WaitAsync(TimeLimit);
        await _proxy.DisposeAsync();
        _http.Dispose();
    }

    private async Task<Uri> AdminAddressAsync()
    {
        Uri? address = null;
        await UntilAsync(() => Task.FromResult((address = FindAdminAddress()) is not null), "the admin endpoint listens");
        return address!;
    }

    private Uri? FindAdminAddress()
    {
        var addresses = _proxy.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return addresses.FirstOrDefault(address => Loopback().IsMatch(address)) is { } text ? new Uri(text) : null;
    }

    [GeneratedRegex(@"^http://127\.0\.0\.1:[1-9][0-9]*$", RegexOptions.None, 1000)]
    private static partial Regex Loopback();
}
