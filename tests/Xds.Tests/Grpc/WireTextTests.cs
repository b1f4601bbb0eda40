using Zoneway.Xds.Grpc;

namespace Zoneway.Xds.Tests.Grpc;

/// <summary>What gRPC writes into headers: messages, timeouts, metadata, content types.</summary>
public sealed class WireTextTests
{
    [Theory]
    [InlineData("plain text ~", "plain text ~")]
    [InlineData("100 %", "100 %25")]
    [InlineData("ä\r\n", "%C3%A4%0D%0A")]
    public void PercentEncoding_RoundTrip_GivesTheText(string text, string encoded)
    {
        Assert.Equal(encoded, PercentEncoding.Encode(text));
        Assert.Equal(text, PercentEncoding.Decode(encoded));
    }

    [Theory]
    [InlineData("%", "%")]
    [InlineData("%4", "%4")]
    [InlineData("%zz", "%zz")]
    [InlineData("%+1", "%+1")]
    [InlineData("%41%", "A%")]
    [InlineData("%FF", "\uFFFD")]
    public void PercentDecode_InvalidSequence_KeepsIt(string encoded, string text) => Assert.Equal(text, PercentEncoding.Decode(encoded));

    [Theory]
    [InlineData("1H", 3_600_000)]
    [InlineData("2M", 120_000)]
    [InlineData("3S", 3_000)]
    [InlineData("4m", 4)]
    [InlineData("5000u", 5)]
    [InlineData("6000000n", 6)]
    [InlineData("99999999H", int.MaxValue)] // longer than a timer runs
    public void TryParse_Timeout_GivesMilliseconds(string text, int milliseconds)
    {
        Assert.True(GrpcTimeout.TryParse(text, out var timeout));
        Assert.Equal(milliseconds, timeout.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("S")]
    [InlineData("-1S")]
    [InlineData("1 S")]
    [InlineData("1s")]
    [InlineData("123456789S")]
    public void TryParse_NoTimeout_IsFalse(string text) => Assert.False(GrpcTimeout.TryParse(text, out _));

    [Theory]
    [InlineData(-5, "1m")]
    [InlineData(1500, "1500m")]
    [InlineData(200_000_000, "200000S")]
    public void Format_Timeout_FitsEightDigits(long milliseconds, string expected) =>
        Assert.Equal(expected, GrpcTimeout.Format(TimeSpan.FromMilliseconds(milliseconds)));

    [Theory]
    [InlineData("authorization", "to\nken")]
    [InlineData("authorization", "töken")]
    [InlineData("no space", "token")]
    [InlineData("", "token")]
    public void Add_WhatAHeaderCannotHold_ThrowsWithoutTellingIt(string key, string value)
    {
        var exception = Assert.Throws<ArgumentException>(() => new Metadata().Add(key, value));

        Assert.DoesNotContain(value, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GetValue_RepeatedKey_GivesTheLast()
    {
        Metadata metadata = [];
        metadata.Add("Key", "1");
        metadata.Add("key", "2");

        Assert.Equal("2", metadata.GetValue("key"));
        Assert.Null(metadata.GetValue("other"));
        Assert.Equal(2, metadata.Count);
    }

    [Theory]
    [InlineData("application/grpc", true)]
    [InlineData("application/grpc+proto", true)]
    [InlineData("Application/GRPC; charset=utf-8", true)]
    [InlineData("application/grpc-web", false)]
    [InlineData("application/grpc+json", false)]
    [InlineData("text/html", false)]
    [InlineData(null, false)]
    public void IsGrpc_ContentType_IsRecognised(string? contentType, bool expected) => Assert.Equal(expected, GrpcHeaders.IsGrpc(contentType));
}
