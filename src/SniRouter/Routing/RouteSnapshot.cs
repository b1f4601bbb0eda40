namespace Zoneway.SniRouter.Routing;

/// <summary>All listeners with their filter chains at one moment. Immutable.</summary>
public sealed class RouteSnapshot
{
    private readonly Dictionary<string, ListenerSnapshot> _listeners;

    internal RouteSnapshot(Dictionary<string, ListenerSnapshot> listeners) => _listeners = listeners;

    /// <summary>No listener at all.</summary>
    public static RouteSnapshot Empty { get; } = new([]);

    /// <summary>The listeners by name.</summary>
    public IReadOnlyDictionary<string, ListenerSnapshot> Listeners => _listeners;
}
