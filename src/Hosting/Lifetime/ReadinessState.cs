namespace Zoneway.Hosting.Lifetime;

/// <summary>What <c>/ready</c> answers. Protocol §9.3.</summary>
internal enum ReadinessState
{
    /// <summary>The first configuration is not in force yet: no listener, or one whose port cannot be bound.</summary>
    NotReady,

    /// <summary>Every listener of a first configuration accepted connections. Losing the control plane later changes nothing.</summary>
    Ready,

    /// <summary>The program is ending.</summary>
    Terminating,
}
