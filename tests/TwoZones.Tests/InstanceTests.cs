namespace Zoneway.TwoZones.Tests;

public sealed class InstanceTests
{
    [Fact]
    public void TryParseGreeting_OwnGreeting_IsTheSame()
    {
        var instance = new Instance("east", "backend-east-1");

        Assert.True(Instance.TryParseGreeting(instance.ToGreeting(), out var parsed));
        Assert.Equal(instance, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("instance ")]
    [InlineData("instance east")]
    [InlineData("instance east/")]
    [InlineData("instance /backend")]
    [InlineData("instance east/backend/1")]
    [InlineData("HTTP/1.1 400 Bad Request")]
    public void TryParseGreeting_SomethingElse_IsFalse(string line)
    {
        Assert.False(Instance.TryParseGreeting(line, out _));
    }
}
