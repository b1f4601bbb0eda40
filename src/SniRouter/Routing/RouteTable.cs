namespace Zoneway.SniRouter.Routing;

/// <summary>Holds the current <see cref="RouteSnapshot"/>. Readers take <see cref="Current"/> once per connection; a publish is one write.</summary>
public sealed class RouteTable
{
    private volatile RouteSnapshot _current = RouteSnapshot.Empty;

    /// <summary>The routes now.</summary>
    public RouteSnapshot Current => _current;

    internal void Publish(RouteSnapshot snapshot) => _current = snapshot;
}
