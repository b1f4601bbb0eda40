using Zoneway.TwoZones.Client;
using Zoneway.TwoZones.Zones;

namespace Zoneway.TwoZones.Script;

/// <summary>The story that the sample plays, and what must hold at each point of it.</summary>
internal sealed class TwoZonesScript
{
    private static readonly MeshService Backend = new("default", "backend");
    private static readonly MeshService SecondService = new("default", "orders");
    private static readonly MeshService SecondMesh = new("retail", "backend");

    // An update takes well under a second. Where control planes were away, the proxies' backoff comes on top: a few seconds, 30 at most.
    private static readonly TimeSpan UpdateLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ReconnectLimit = TimeSpan.FromSeconds(45);

    private readonly Installation _zones;
    private readonly ScriptProgress _progress;
    private readonly BackgroundTraffic _traffic;
    private readonly HeldConnections _held;
    private readonly Reachability _reachability;
    private readonly ExternalSteps _external;
    private RequestLog _requests = new();

    /// <param name="zones">The installation, not started.</param>
    /// <param name="progress">Gets what comes of the steps.</param>
    /// <param name="time">Paces the polling.</param>
    public TwoZonesScript(Installation zones, ScriptProgress progress, TimeProvider time)
    {
        _zones = zones;
        _progress = progress;
        _traffic = progress.Traffic;
        _held = progress.Held;
        _reachability = new Reachability(time);
        _external = new ExternalSteps(zones, time);
    }

    /// <summary>The steps. They are played in this order, but for the fourth, which spans all others and is decided last.</summary>
    public static IReadOnlyList<Step> CreateSteps() =>
    [
        new Step(1, "traffic splits 2 : 1, as the zones have instances"),
        new Step(2, "east scales to 3 instances, the split becomes 3 : 1"),
        new Step(3, "a second service and a second mesh become reachable, and no mesh is reachable from the other"),
        new Step(4, "long-lived connections survive every change"),
        new Step(5, "zone control planes stop, traffic goes on"),
        new Step(6, "zone control planes start again, updates flow again"),
        new Step(7, "north's ingress stops, all traffic goes to east"),
        new Step(8, "external services answer through the egress: HTTP, gRPC and TCP; a client without permission is refused"),
        new Step(9, "the egress's certificate is replaced under traffic"),
    ];

    /// <summary>Starts the installation, the long-lived connections and the first traffic.</summary>
    /// <exception cref="CheckFailedException">Something does not start.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        _progress.Enter("Starting control planes, egress, ingresses and back ends");
        await _zones.StartAsync(Backend, instancesInEast: 2, instancesInNorth: 1, cancellation);
        var client = await _zones.CreateClientAsync(Backend, cancellation);
        await _reachability.WaitAsync(client, cancellation);

        await _held.OpenAsync(client, [Installation.East, Installation.North], cancellation);
        _requests = _traffic.Start(client).Log;
        _progress.Enter("Requests run all the time; one that fails makes the step fail");
    }

    /// <summary>Plays the steps until their end or the first that fails. What came of them is in the steps.</summary>
    public async Task PlayAsync(CancellationToken cancellation)
    {
        var survival = _progress.Steps[3];
        survival.Begin();
        var isPlayed = await PlayAsync(1, CheckSplitAsync, cancellation)
            && await PlayAsync(2, ScaleEastAsync, cancellation)
            && await PlayAsync(3, AddServiceAndMeshAsync, cancellation)
            && await PlayAsync(5, StopControlPlanesAsync, cancellation)
            && await PlayAsync(6, StartControlPlanesAsync, cancellation)
            && await PlayAsync(7, StopNorthAsync, cancellation)
            && await PlayAsync(8, token => _external.ReachAsync(Backend.Mesh, token), cancellation)
            && await PlayAsync(9, _external.RotateAsync, cancellation);
        if (isPlayed)
        {
            survival.Pass(_held.Describe());
        }
        else
        {
            survival.Fail($"the script ended early; until then {_held.Describe()}");
        }
    }

    private async Task<string> ScaleEastAsync(CancellationToken cancellation)
    {
        await _zones.Backends.AddAsync(Backend, Installation.East, cancellation);
        return await CheckSplitAsync(cancellation);
    }

    private async Task<string> AddServiceAndMeshAsync(CancellationToken cancellation)
    {
        _zones.AddMesh(SecondMesh.Mesh);
        await Task.WhenAll(AddServiceAsync(SecondService, cancellation), AddServiceAsync(SecondMesh, cancellation));

        var stranger = await _zones.CreateClientAsync(Backend, clientMesh: SecondMesh.Mesh, cancellation);
        var seen = await Reachability.CheckRefusedAsync(stranger, cancellation);
        var reason = await _zones.Backends.WaitForRefusalAsync(Backend, cancellation);
        return $"{SecondService} and {SecondMesh} answer; a client of {SecondMesh.Mesh} calling {Backend} saw \"{seen}\", the back end said \"{reason}\"";
    }

    private async Task<string> StopControlPlanesAsync(CancellationToken cancellation)
    {
        await _zones.StopControlPlanesAsync(cancellation);
        var split = await CheckSplitAsync(cancellation);
        await _zones.CheckProxiesReadyAsync(cancellation);
        return $"{split}, egress and ingresses are ready all the same";
    }

    private async Task<string> StartControlPlanesAsync(CancellationToken cancellation)
    {
        await _zones.StartControlPlanesAsync(cancellation);
        await _zones.Backends.AddAsync(Backend, Installation.North, cancellation);
        return $"north scaled to 2 instances: {await SplitCheck.WaitAsync(_requests, SplitOverAll(), ReconnectLimit, cancellation)}";
    }

    private async Task<string> StopNorthAsync(CancellationToken cancellation)
    {
        // Draining: it accepts nothing new, and what is open through it goes on for a while.
        await _zones.CloseIngressAsync(Installation.North, cancellation);
        _traffic.ExcuseRequestsUnderWay();
        await _held.CheckAsync(cancellation);

        _held.Release(Installation.North);
        await _zones.WaitForIngressEndAsync(Installation.North, cancellation);
        var east = _zones.Backends.InstancesOf(Backend).Where(static instance => instance.Zone == Installation.East);
        return await SplitCheck.WaitAsync(_requests, new Split(east), UpdateLimit, cancellation);
    }

    // A step holds when its own checks do and, besides, bytes still flow on every long-lived connection and no request has failed.
    private async Task<bool> PlayAsync(int number, Func<CancellationToken, Task<string>> play, CancellationToken cancellation)
    {
        var step = _progress.Steps[number - 1];
        step.Begin();
        try
        {
            var detail = await play(cancellation);
            await _held.CheckAsync(cancellation);
            return Decide(step, _traffic.FindFailures(), detail);
        }
        catch (CheckFailedException exception)
        {
            string?[] faults = [exception.Message, _traffic.FindFailures()];
            return Decide(step, string.Join("; ", faults.OfType<string>()), detail: "");
        }
    }

    private static bool Decide(Step step, string? fault, string detail)
    {
        if (fault is null)
        {
            step.Pass(detail);
        }
        else
        {
            step.Fail(fault);
        }

        return fault is null;
    }

    private async Task AddServiceAsync(MeshService service, CancellationToken cancellation)
    {
        await _zones.Backends.AddAsync(service, Installation.East, cancellation);
        var client = await _zones.CreateClientAsync(service, cancellation);
        await _reachability.WaitAsync(client, cancellation);
        await SplitCheck.WaitAsync(_traffic.Start(client).Log, new Split(_zones.Backends.InstancesOf(service)), UpdateLimit, cancellation);
    }

    private Task<string> CheckSplitAsync(CancellationToken cancellation) => SplitCheck.WaitAsync(_requests, SplitOverAll(), UpdateLimit, cancellation);

    // Every instance that was started is announced, so all of them must take part.
    private Split SplitOverAll() => new(_zones.Backends.InstancesOf(Backend));
}
