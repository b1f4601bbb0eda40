using Zoneway.Hosting.Lifetime;
using Zoneway.Hosting.Settings;

namespace Zoneway.Hosting.Admin;

/// <summary>What the program says of itself: version, state, age.</summary>
internal sealed class ServerInfo(ProxyProgram program, ProxySettings settings, Readiness readiness, TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();

    private TimeSpan Uptime => time.GetElapsedTime(_started);

    /// <summary>Envoy's name of the state (envoy.admin.v3.ServerInfo.State).</summary>
    public string State => readiness.State switch
    {
        ReadinessState.Ready => "LIVE",
        ReadinessState.Terminating => "DRAINING",
        _ => "INITIALIZING",
    };

    /// <summary>The body of <c>/server_info</c>.</summary>
    public object Describe() => new
    {
        version = $"{program.Name}/{ProductVersion.Text}",
        state = State,
        uptime_current_epoch = $"{(long)Uptime.TotalSeconds}s",
        uptime_all_epochs = $"{(long)Uptime.TotalSeconds}s",
        hot_restart_version = "disabled",
        command_line_options = new
        {
            service_node = settings.Name,
            service_cluster = settings.ProxyType.ToString().ToLowerInvariant(),
            concurrency = Concurrency,
            log_level = settings.LogLevel.ToString().ToLowerInvariant(),
            drain_time = $"{(long)settings.DrainTime.TotalSeconds}s",
        },
        node = new { id = settings.Name, user_agent_name = program.Name },
    };

    /// <summary>Measurements of the process, by Envoy's names.</summary>
    public IEnumerable<(string Name, double Value)> Stats()
    {
        // envoy.admin.v3.ServerInfo.State: LIVE 0, DRAINING 1, PRE_INITIALIZING 2, INITIALIZING 3.
        var (live, state) = readiness.State switch { ReadinessState.Ready => (1, 0), ReadinessState.Terminating => (0, 1), _ => (0, 3) };
        yield return ("server.live", live);
        yield return ("server.state", state);
        yield return ("server.uptime", Math.Floor(Uptime.TotalSeconds));
        yield return ("server.concurrency", Concurrency);
        yield return ("server.memory_allocated", GC.GetTotalMemory(forceFullCollection: false));
        yield return ("server.memory_physical_size", Environment.WorkingSet);
    }

    private int Concurrency => settings.Limits.Concurrency > 0 ? settings.Limits.Concurrency : Environment.ProcessorCount;
}
