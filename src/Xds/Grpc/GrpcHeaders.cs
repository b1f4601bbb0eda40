namespace Zoneway.Xds.Grpc;

/// <summary>Names and values of "gRPC over HTTP2".</summary>
internal static class GrpcHeaders
{
    public const string ContentType = "application/grpc";
    public const string Encoding = "grpc-encoding";
    public const string AcceptEncoding = "grpc-accept-encoding";
    public const string Identity = "identity";
    public const string Message = "grpc-message";
    public const string Status = "grpc-status";
    public const string Timeout = "grpc-timeout";

    /// <summary>Whether a media type is <c>application/grpc</c>, optionally with <c>+proto</c> and parameters.</summary>
    public static bool IsGrpc(string? contentType)
    {
        var rest = contentType.AsSpan();
        if (!rest.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        rest = rest[ContentType.Length..];
        return rest.IsEmpty || rest[0] == ';' || rest.StartsWith("+proto", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether a header belongs to the protocol and not to the metadata of a call.</summary>
    public static bool IsReserved(string name) =>
        name.StartsWith("grpc-", StringComparison.OrdinalIgnoreCase) && !name.EndsWith("-bin", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith(':')
        || name.Equals("content-type", StringComparison.OrdinalIgnoreCase)
        || name.Equals("te", StringComparison.OrdinalIgnoreCase);
}
