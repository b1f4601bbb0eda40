using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Zoneway.Hosting.Admin;
using Zoneway.Hosting.Configuration;
using Zoneway.Hosting.Lifetime;
using Zoneway.Hosting.Settings;
using Zoneway.SniRouter;
using Zoneway.SniRouter.Listeners;
using Zoneway.SniRouter.Telemetry;
using Zoneway.Xds;
using Zoneway.Xds.Admin;

namespace Zoneway.Hosting;

/// <summary>One running proxy: data plane, source of configuration, admin endpoint, drain.</summary>
internal sealed partial class Proxy : IAsyncDisposable
{
    private readonly ProxyProgram _program;
    private readonly ProxySettings _settings;
    private readonly WebApplication _app;

    /// <summary>Composes the proxy; nothing runs yet.</summary>
    public Proxy(ProxyProgram program, ProxySettings settings)
    {
        _program = program;
        _settings = settings;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = program.Name, Args = [] });
        var levels = new LogLevels(settings.LogLevel);
        ProxyLogging.Configure(builder.Logging, settings, levels);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            AdminEndpoints.Listen(kestrel, settings);
            kestrel.ListenSniRouter(listen => AdminListenerEndpoint.Configure(listen, program.Termination));
        });
        builder.Services.AddSingleton(program);
        builder.Services.AddSingleton(new TerminationSupport(program.Termination is not null));
        builder.Services.AddSingleton(levels);
        AddServices(builder.Services, settings);
        program.Termination?.AddServices(builder.Services);
        _app = builder.Build();
        AdminEndpoints.Map(_app, settings);
    }

    /// <summary>What the proxy is made of.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Runs until a signal, <see cref="ProxyLifetime.Stop"/> or a failure ends it.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync()
    {
        var logger = Services.GetRequiredService<ILogger<Proxy>>();
        Log.Starting(logger, _program.Name, ProductVersion.Text, _settings.ProxyType, _settings.Name);

        // Instruments exist from the moment their owners do.
        Services.GetRequiredService<PrometheusExporter>();
        Services.GetRequiredService<ServerInfo>();
        Services.GetRequiredService<SniRouterMetrics>();
        try
        {
            await _app.StartAsync();
            AdminEndpoints.Protect(_settings);
        }
        catch (IOException exception)
        {
            Log.CannotStart(logger, exception.Message);
            return ExitCodes.Failure;
        }

        await _app.WaitForShutdownAsync();
        var code = ReportFaults(logger) ? ExitCodes.Failure : Services.GetRequiredService<ExitStatus>().Code;
        Log.Stopped(logger, _program.Name);
        return code;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    // A hosted service that throws stops the host, which would look like an orderly end.
    private bool ReportFaults(ILogger logger)
    {
        var faults = Services.GetServices<IHostedService>().OfType<BackgroundService>().Select(service => service.ExecuteTask?.Exception).OfType<AggregateException>().ToList();
        foreach (var fault in faults)
        {
            Log.Faulted(logger, fault.GetBaseException());
        }

        return faults.Count > 0;
    }

    private static void AddServices(IServiceCollection services, ProxySettings settings)
    {
        services.AddSingleton(settings);
        services.AddRoutingCore();
        services.AddSniRouter();
        services.AddSingleton(Options.Create(settings.Limits));
        services.AddConfigurationSource(settings);
        services.AddSingleton<PrometheusExporter>();
        services.AddSingleton<ServerInfo>();
        services.AddSingleton<ExitStatus>();
        services.AddSingleton<DrainCoordinator>();
        services.AddSingleton(CreateReadiness);
        services.AddSingleton<ProxyLifetime>();
        services.AddSingleton<IHostLifetime>(provider => provider.GetRequiredService<ProxyLifetime>());
        // The drain is over before the host stops; what is left to do then takes moments.
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));
    }

    private static Readiness CreateReadiness(IServiceProvider provider)
    {
        var configuration = provider.GetRequiredService<FirstConfiguration>();
        var listeners = provider.GetRequiredService<ListenerManager>();
        // An admin listener that cannot be bound must not keep traffic away.
        return new Readiness(() => configuration.IsInForce, () => listeners.Listeners.Where(listener => !AdminListener.IsName(listener.Key)).ToDictionary());
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Program} {Version} starts as {ProxyType} {Name}.")]
        public static partial void Starting(ILogger logger, string program, string version, ProxyType proxyType, string name);

        [LoggerMessage(2, LogLevel.Critical, "Cannot start: {Reason}")]
        public static partial void CannotStart(ILogger logger, string reason);

        [LoggerMessage(4, LogLevel.Critical, "Cannot go on.")]
        public static partial void Faulted(ILogger logger, Exception exception);

        [LoggerMessage(3, LogLevel.Information, "{Program} ends.")]
        public static partial void Stopped(ILogger logger, string program);
    }
}
