using System.Net;
using System.Net.Sockets;
using System.Text;
using Envoy.Config.Core.V3;
using SocketAddress = Envoy.Config.Core.V3.SocketAddress;

namespace Zoneway.Xds.Translation;

/// <summary>envoy.config.core.v3.Address to <see cref="EndPoint"/>.</summary>
internal static class AddressTranslator
{
    // sockaddr_un.sun_path has 108 bytes on Linux, the last one for the terminating zero.
    private const int LongestPipePath = 107;

    // RFC 1035 §3.1: 255 bytes on the wire are 253 characters in writing.
    private const int LongestName = 253;

    /// <summary>The address of an endpoint: IP address and port, a Unix domain socket, or a name where the cluster resolves names.</summary>
    /// <returns>The address; null, with an error noted, when it cannot be connected to.</returns>
    public static EndPoint? TranslateEndpoint(Address? address, bool namesAllowed, Findings findings)
    {
        findings.RejectUnsafeFields();
        switch (address?.AddressCase)
        {
            case Address.AddressOneofCase.SocketAddress:
                return TranslateSocketAddress(address.SocketAddress, namesAllowed, portZeroAllowed: false, findings.At("socket_address"));
            case Address.AddressOneofCase.Pipe:
                return TranslatePipe(address.Pipe.Path, findings.At("pipe"));
            default:
                findings.Reject("", "an address and port, or a pipe, is needed");
                return null;
        }
    }

    /// <summary>The address of a listener: IP address and port.</summary>
    /// <returns>The address; null, with an error noted, when it cannot be bound.</returns>
    public static IPEndPoint? TranslateListener(Address? address, Findings findings)
    {
        findings.RejectUnsafeFields();
        if (address?.AddressCase != Address.AddressOneofCase.SocketAddress)
        {
            findings.Reject("", "only an IP address and port can be bound");
            return null;
        }

        return (IPEndPoint?)TranslateSocketAddress(address.SocketAddress, namesAllowed: false, portZeroAllowed: true, findings.At("socket_address"));
    }

    private static EndPoint? TranslateSocketAddress(SocketAddress address, bool namesAllowed, bool portZeroAllowed, Findings findings)
    {
        findings.RejectUnsafeFields();
        findings.RejectIf(address.Protocol != SocketAddress.Types.Protocol.Tcp, "protocol", "only TCP is supported");
        findings.RejectIf(address.ResolverName.Length > 0, "resolver_name", "custom resolvers are not supported");
        findings.RejectIf(address.NetworkNamespaceFilepath.Length > 0, "network_namespace_filepath", "network namespaces are not supported");
        if (address.PortSpecifierCase == SocketAddress.PortSpecifierOneofCase.NamedPort)
        {
            findings.Reject("named_port", "named ports are not supported");
        }
        else if (address.PortValue > IPEndPoint.MaxPort || (address.PortValue == 0 && !portZeroAllowed))
        {
            findings.Reject("port_value", $"{address.PortValue} is not a port");
        }

        var result = TranslateHost(address, namesAllowed, findings);
        return findings.HasErrors ? null : result;
    }

    private static EndPoint? TranslateHost(SocketAddress address, bool namesAllowed, Findings findings)
    {
        var host = address.Address;
        var port = (int)Math.Min(address.PortValue, IPEndPoint.MaxPort);
        if (TryParse(host, out var ip))
        {
            return new IPEndPoint(ip, port);
        }

        if (namesAllowed && IsName(host))
        {
            return new DnsEndPoint(host, port);
        }

        findings.Reject("address", $"'{Shorten(host)}' is not an IP address{(namesAllowed ? " or a name" : "")}");
        return null;
    }

    // IPAddress.TryParse also takes "1", "0x7f.1" and "[::1]:80", which are no addresses in xDS.
    private static bool TryParse(string text, out IPAddress address) =>
        IPAddress.TryParse(text, out address!)
        && (address.AddressFamily == AddressFamily.InterNetwork ? address.ToString() == text : !text.StartsWith('['));

    private static bool IsName(string host) =>
        host.Length is > 0 and <= LongestName && host.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
        && !host.StartsWith('.') && !host.Contains("..", StringComparison.Ordinal) && host.Any(char.IsAsciiLetter);

    private static UnixDomainSocketEndPoint? TranslatePipe(string path, Findings findings)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal) || Encoding.UTF8.GetByteCount(path) > LongestPipePath)
        {
            findings.Reject("path", $"a path has 1 to {LongestPipePath} bytes");
            return null;
        }

        // An abstract socket begins with '@' in writing and with a zero byte for the system.
        return new UnixDomainSocketEndPoint(path[0] == '@' ? '\0' + path[1..] : path);
    }

    private static string Shorten(string text) => text.Length <= 100 ? text : text[..100] + "…";
}
