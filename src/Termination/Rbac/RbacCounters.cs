namespace Zoneway.Termination.Rbac;

/// <summary>Counts what an access control filter decided, under Envoy's names. Outlives changes of the filter's rules. Safe on any thread.</summary>
public sealed class RbacCounters
{
    private long _allowed;
    private long _denied;
    private long _shadowAllowed;
    private long _shadowDenied;

    /// <summary>Connections or requests let in (allowed).</summary>
    public long Allowed => Interlocked.Read(ref _allowed);

    /// <summary>Connections or requests refused (denied).</summary>
    public long Denied => Interlocked.Read(ref _denied);

    /// <summary>What the shadow rules would have let in (shadow_allowed).</summary>
    public long ShadowAllowed => Interlocked.Read(ref _shadowAllowed);

    /// <summary>What the shadow rules would have refused (shadow_denied).</summary>
    public long ShadowDenied => Interlocked.Read(ref _shadowDenied);

    internal void Count(bool isAllowed) => Interlocked.Increment(ref isAllowed ? ref _allowed : ref _denied);

    internal void CountShadow(bool isAllowed) => Interlocked.Increment(ref isAllowed ? ref _shadowAllowed : ref _shadowDenied);
}
