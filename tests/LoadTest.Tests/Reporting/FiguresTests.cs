using Zoneway.LoadTest.Reporting;

namespace Zoneway.LoadTest.Tests.Reporting;

public sealed class FiguresTests
{
    [Theory]
    [InlineData(new double[0], null)]
    [InlineData(new[] { 3.0 }, 3.0)]
    [InlineData(new[] { 3.0, 1.0, 2.0 }, 2.0)]
    [InlineData(new[] { 4.0, 1.0, 2.0, 3.0 }, 2.5)]
    public void Median_Values_IsTheMiddle(double[] values, double? expected) => Assert.Equal(expected, Figures.Median(values));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.1234, "0.123")]
    [InlineData(1.234, "1.23")]
    [InlineData(12.34, "12.3")]
    [InlineData(123.4, "123")]
    [InlineData(123_456, "123456")]
    public void Format_Number_HasThreeSignificantDigits(double value, string expected) => Assert.Equal(expected, Figures.Format(value));
}
