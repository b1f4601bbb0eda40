using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Zoneway.Hosting.Admin;

/// <summary>How admin paths answer.</summary>
internal static class AdminAnswer
{
    /// <summary>Methods of paths that only tell.</summary>
    public static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Methods of paths that do something, as in Envoy.</summary>
    public static readonly string[] Acting = [HttpMethods.Post];

    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Answers with text.</summary>
    public static Task TextAsync(HttpContext context, string text, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        return WriteAsync(context, "text/plain; charset=UTF-8", text);
    }

    /// <summary>Answers with JSON.</summary>
    public static Task JsonAsync(HttpContext context, object value) => WriteAsync(context, "application/json", JsonSerializer.Serialize(value, Options));

    /// <summary>Answers with a body of some type; a HEAD request gets its length only.</summary>
    public static Task WriteAsync(HttpContext context, string contentType, string body)
    {
        context.Response.ContentType = contentType;
        context.Response.ContentLength = Encoding.UTF8.GetByteCount(body);
        context.Response.Headers.CacheControl = "no-cache, max-age=0";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.WriteAsync(body);
    }
}
