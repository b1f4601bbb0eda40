using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Zoneway.Xds.Grpc;

namespace Zoneway.Xds.Tests.Grpc;

/// <summary>How what a server answers becomes the status of a call.</summary>
public sealed class ResponseStatusTests
{
    [Theory]
    [InlineData("7", "a%20b", StatusCode.PermissionDenied, "a b")]
    [InlineData("0", null, StatusCode.OK, "")]
    [InlineData("17", "x", StatusCode.Unknown, "The server sent the status '17'. x")]
    [InlineData("-1", "x", StatusCode.Unknown, "The server sent the status '-1'. x")]
    internal async Task StatusInHeaders_TrailersOnly_IsTheStatus(string status, string? message, StatusCode expected, string detail)
    {
        await using var server = await KestrelServer.AnswerAsync(context =>
        {
            context.Response.ContentType = GrpcHeaders.ContentType;
            context.Response.Headers[GrpcHeaders.Status] = status;
            context.Response.Headers[GrpcHeaders.Message] = message;
            return Task.CompletedTask;
        });
        using var channel = server.Connect();
        using var call = channel.DuplexStreaming(KestrelServer.Method);

        Assert.Equal(new Status(expected, detail), await call.StatusAsync());
    }

    [Fact]
    public async Task StatusMissing_StreamEnds_GivesUnknown()
    {
        await using var server = await KestrelServer.AnswerAsync(context => GrpcResponse.StartAsync(context.Response, default));
        using var channel = server.Connect();
        using var call = channel.DuplexStreaming(KestrelServer.Method);

        Assert.Equal(StatusCode.Unknown, (await call.StatusAsync()).StatusCode);
    }

    [Theory]
    [InlineData(401, StatusCode.Unauthenticated)]
    [InlineData(403, StatusCode.PermissionDenied)]
    [InlineData(404, StatusCode.Unimplemented)]
    [InlineData(503, StatusCode.Unavailable)]
    [InlineData(500, StatusCode.Unknown)]
    [InlineData(200, StatusCode.Unknown)] // of another content type
    internal async Task NoGrpcResponse_HttpStatusOnly_IsMapped(int status, StatusCode expected)
    {
        await using var server = await KestrelServer.AnswerAsync(context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync("<html>");
        });
        using var channel = server.Connect();
        using var call = channel.DuplexStreaming(KestrelServer.Method);

        Assert.Equal(expected, (await call.StatusAsync()).StatusCode);
    }

    [Theory]
    [InlineData(0x1, StatusCode.Internal, true)]
    [InlineData(0x2, StatusCode.Internal, true)]
    [InlineData(0x7, StatusCode.Unavailable, true)]
    [InlineData(0x7, StatusCode.Unavailable, false)]
    [InlineData(0x8, StatusCode.Cancelled, true)]
    [InlineData(0x8, StatusCode.Cancelled, false)]
    [InlineData(0xB, StatusCode.ResourceExhausted, true)]
    [InlineData(0xB, StatusCode.ResourceExhausted, false)]
    [InlineData(0xC, StatusCode.PermissionDenied, false)]
    internal async Task StreamReset_WithErrorCode_IsMapped(int errorCode, StatusCode expected, bool afterHeaders)
    {
        await using var server = await KestrelServer.AnswerAsync(async context =>
        {
            if (afterHeaders)
            {
                await GrpcResponse.StartAsync(context.Response, default);
            }

            context.Features.GetRequiredFeature<IHttpResetFeature>().Reset(errorCode);
        });
        using var channel = server.Connect();
        using var call = channel.DuplexStreaming(KestrelServer.Method);

        Assert.Equal(expected, (await call.StatusAsync()).StatusCode);
    }

    [Theory]
    [InlineData(new byte[] { 1, 0, 0, 0, 1, 0 }, StatusCode.Unimplemented)] // compressed
    [InlineData(new byte[] { 7, 0, 0, 0, 0 }, StatusCode.Internal)] // malformed
    [InlineData(new byte[] { 0, 0, 0, 0, 9, 1 }, StatusCode.Internal)] // truncated
    [InlineData(new byte[] { 0, 0x7F, 0xFF, 0xFF, 0xFF }, StatusCode.ResourceExhausted)] // announced only
    internal async Task BrokenFrame_FromServer_GivesStatus(byte[] bytes, StatusCode expected)
    {
        await using var server = await KestrelServer.AnswerAsync(async context =>
        {
            context.Response.ContentType = GrpcHeaders.ContentType;
            await context.Response.Body.WriteAsync(bytes);
            GrpcResponse.Finish(context.Response, Status.DefaultSuccess, []);
        });
        using var channel = server.Connect(new() { MaxReceiveMessageBytes = 1000 });
        using var call = channel.DuplexStreaming(KestrelServer.Method);

        Assert.Equal(expected, (await call.StatusAsync()).StatusCode);
    }
}
