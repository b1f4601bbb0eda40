using System.Net;

namespace Zoneway.SniRouter.Listeners;

/// <summary>The one endpoint that Kestrel knows. What it accepts comes from the listeners that the control plane asks for, which come and go at run time.</summary>
public sealed class VirtualEndPoint : EndPoint
{
    private VirtualEndPoint()
    {
    }

    /// <summary>The only instance.</summary>
    public static VirtualEndPoint Instance { get; } = new();

    /// <inheritdoc/>
    public override string ToString() => "listeners of the control plane";
}
