using System.Text;
using Zoneway.LoadTest.Egress.Backend;
using Zoneway.LoadTest.Egress.Load;

namespace Zoneway.LoadTest.Tests.Egress;

public sealed class Http1ResponseTests
{
    [Fact]
    public void TryRead_TheBackendsAnswer_IsCompleteAtItsLastByteAndNotBefore()
    {
        for (var length = 0; length < BenchAnswer.Whole.Length; length++)
        {
            Assert.Equal(Http1Progress.Incomplete, Http1Response.TryRead(BenchAnswer.Whole.AsSpan(0, length), out _));
        }

        Assert.Equal(Http1Progress.Complete, Http1Response.TryRead([.. BenchAnswer.Whole, .. "HTTP/1.1 "u8], out var response));
        Assert.Equal((200, BenchAnswer.Whole.Length), (response.Status, response.Length));
        Assert.True(response.Body.SequenceEqual(BenchAnswer.Body));
    }

    [Theory]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nserver: x\r\ncontent-length:2\r\n\r\nno", 503, "no")]
    [InlineData("HTTP/1.1 200 OK\r\nCONTENT-LENGTH: 0\r\n\r\n", 200, "")]
    public void TryRead_OtherAnswers_AreRead(string text, int status, string body)
    {
        Assert.Equal(Http1Progress.Complete, Http1Response.TryRead(Encoding.ASCII.GetBytes(text), out var response));
        Assert.Equal((status, body), (response.Status, Encoding.ASCII.GetString(response.Body)));
    }

    [Theory]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 2xx OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")]
    [InlineData("\r\n\r\n")]
    public void TryRead_WhatTheBackendNeverSays_IsMalformed(string text) =>
        Assert.Equal(Http1Progress.Malformed, Http1Response.TryRead(Encoding.ASCII.GetBytes(text), out _));
}
