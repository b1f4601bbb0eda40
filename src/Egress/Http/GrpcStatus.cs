using System.Globalization;
using System.Text;

namespace Zoneway.Egress.Http;

/// <summary>Answers of the proxy as gRPC tells them (gRPC over HTTP/2, "Responses").</summary>
internal static class GrpcStatus
{
    /// <summary>The status for an HTTP status (gRPC, "HTTP to gRPC Status Code Mapping").</summary>
    public static int Of(int httpStatus) => httpStatus switch
    {
        400 => 13,
        401 => 16,
        403 => 7,
        404 => 12,
        429 or 502 or 503 or 504 => 14,
        _ => 2,
    };

    /// <summary>A message for the header grpc-message: percent-encoded UTF-8.</summary>
    public static string Encode(string message)
    {
        var encoded = new StringBuilder(message.Length);
        foreach (var value in Encoding.UTF8.GetBytes(message))
        {
            if (value is >= 0x20 and < 0x7F and not (byte)'%')
            {
                encoded.Append((char)value);
            }
            else
            {
                encoded.Append(CultureInfo.InvariantCulture, $"%{value:X2}");
            }
        }

        return encoded.ToString();
    }
}
