using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Zoneway.ZoneControlPlane.Listening;

/// <summary>The connections of a <see cref="SharedPort"/> that speak one version of HTTP, as an endpoint Kestrel can listen on.</summary>
internal sealed class ProtocolEndPoint(HttpProtocols protocol) : EndPoint
{
    /// <summary>The version they speak.</summary>
    public HttpProtocols Protocol { get; } = protocol;

    public override string ToString() => Protocol.ToString();
}
