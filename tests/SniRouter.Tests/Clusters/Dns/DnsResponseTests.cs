using System.Net;
using Zoneway.SniRouter.Clusters.Dns;

namespace Zoneway.SniRouter.Tests.Clusters.Dns;

public sealed class DnsResponseTests
{
    private const ushort Id = 0x1234;

    private static readonly DnsQuestion Question = new("a.test", DnsQuestion.TypeA);

    private readonly DnsMessageBuilder _builder = new(Question.ToMessage(Id));

    [Fact]
    public void ToMessage_IsWhatRfc1035Says() => Assert.Equal(
        "12340100000100000000000001610474657374000001" + "0001", Convert.ToHexString(Question.ToMessage(Id)));

    [Theory]
    [InlineData("a.test", true)]
    [InlineData("_a-1.test", true)]
    [InlineData("", false)]
    [InlineData("a..test", false)]
    [InlineData(".test", false)]
    [InlineData("test.", false)]
    [InlineData("ä.test", false)]
    public void IsValidName_TellsNamesThatCanBeAskedFor(string name, bool expected) => Assert.Equal(expected, DnsQuestion.IsValidName(name));

    [Theory]
    [InlineData(63, 188, true)]
    [InlineData(1, 251, true)]
    [InlineData(64, 1, false)]
    [InlineData(2, 251, false)]
    public void IsValidName_LengthsAreBounded(int label, int rest, bool expected)
    {
        string name = new string('a', label) + "." + string.Join('.', Enumerable.Repeat(new string('b', 62), 4)) + "b";
        Assert.Equal(expected, DnsQuestion.IsValidName(name[..(label + rest + 1)]));
    }

    [Fact]
    public void Parse_Addresses_AreTakenWithTheShortestTimeToLive()
    {
        var answer = Parse(_builder.Address("10.0.0.1", 300).Address("10.0.0.2", 30).Address("10.0.0.1", 60));

        Assert.Equal(["10.0.0.1", "10.0.0.2"], answer.Addresses.Select(address => address.ToString()));
        Assert.Equal((DnsOutcome.Resolved, TimeSpan.FromSeconds(30)), (answer.Outcome, answer.TimeToLive));
    }

    [Fact]
    public void Parse_Ipv6_IsTaken()
    {
        var question = new DnsQuestion("a.test", DnsQuestion.TypeAaaa);
        byte[] message = new DnsMessageBuilder(question.ToMessage(Id)).Address("2001:db8::1").Address("10.0.0.1").Build();

        Assert.Equal(IPAddress.Parse("2001:db8::1"), Assert.Single(DnsResponse.Parse(message, Id, question).Answer.Addresses));
    }

    [Fact]
    public void Parse_Aliases_AreFollowedInAnyOrder()
    {
        var answer = Parse(_builder.Address("10.0.0.1", 300, "c.test").Alias("c.TEST", 20, "B.test").Alias("b.test", 60).Address("10.0.0.2", 1, "d.test"));

        Assert.Equal(IPAddress.Parse("10.0.0.1"), Assert.Single(answer.Addresses));
        Assert.Equal(TimeSpan.FromSeconds(20), answer.TimeToLive);
    }

    [Fact]
    public void Parse_AliasWithCompressedTarget_IsFollowed()
    {
        // "b" and then a pointer to "test" in the question.
        byte[] target = [1, (byte)'b', 0xC0, 14];

        var answer = Parse(_builder.Record([0xC0, 12], 5, 60, target).Address("10.0.0.1", 60, "b.test"));

        Assert.Single(answer.Addresses);
    }

    [Fact]
    public void Parse_AliasWithoutAddress_IsEmpty() => Assert.Equal(DnsOutcome.Empty, Parse(_builder.Alias("b.test").Address("10.0.0.1", 60, "c.test")).Outcome);

    [Fact]
    public void Parse_AliasesInALoop_Fail() => Assert.Equal(DnsOutcome.Failed, Parse(_builder.Alias("b.test").Alias("a.test", 60, "b.test").Address("10.0.0.1")).Outcome);

    [Theory]
    [InlineData(16, true)]
    [InlineData(17, false)]
    public void Parse_ManyAliases_AreBounded(int count, bool found)
    {
        _builder.Alias("n1.test");
        for (int i = 1; i < count; i++)
        {
            _builder.Alias($"n{i + 1}.test", 60, $"n{i}.test");
        }

        Assert.Equal(found ? DnsOutcome.Resolved : DnsOutcome.Failed, Parse(_builder.Address("10.0.0.1", 60, $"n{count}.test")).Outcome);
    }

    [Fact]
    public void Parse_TwoAliasesOfOneName_FirstCounts()
    {
        var answer = Parse(_builder.Alias("b.test").Alias("c.test").Address("10.0.0.2", 60, "c.test").Address("10.0.0.1", 60, "b.test"));

        Assert.Equal(IPAddress.Parse("10.0.0.1"), Assert.Single(answer.Addresses));
    }

    [Fact]
    public void Parse_AddressOfAnotherName_IsNotTaken() => Assert.Equal(DnsOutcome.Empty, Parse(_builder.Address("10.0.0.1", 60, "evil.test")).Outcome);

    [Fact]
    public void Parse_OtherRecords_AreSkipped()
    {
        var answer = Parse(_builder.Record([0xC0, 12], 16, 60, [3, 1, 2, 3]).Record([0xC0, 12], 1, 60, [1, 1, 1, 1], recordClass: 3).Record([0], 46, 60, []).Address("10.0.0.1"));

        Assert.Equal(IPAddress.Parse("10.0.0.1"), Assert.Single(answer.Addresses));
    }

    [Fact]
    public void Parse_TimeToLiveWithItsHighestBitSet_IsZero() => Assert.Equal(TimeSpan.Zero, Parse(_builder.Address("10.0.0.1", 0x80000001)).TimeToLive);

    [Fact]
    public void Parse_NameInOtherCase_IsTheSame() => Assert.Single(Parse(_builder.With(b => b.Question = [.. DnsMessageBuilder.Name("A.TesT"), 0, 1, 0, 1]).Address("10.0.0.1")).Addresses);

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(5, true)]
    public void Parse_NoRecords_CodeDecides(int code, bool failed) => Assert.Equal(failed ? DnsOutcome.Failed : DnsOutcome.Empty, Parse(_builder.With(builder => builder.Flags |= code)).Outcome);

    [Fact]
    public void Parse_Truncated_SaysSo() =>
        Assert.Equal(DnsResponseStatus.Truncated, DnsResponse.Parse(_builder.With(builder => builder.Flags |= 0x0200).Address("10.0.0.1").Build(), Id, Question).Status);

    public static TheoryData<string> Foreign => ["id", "query", "opcode", "name", "type", "class", "longer name", "no question"];

    [Theory]
    [MemberData(nameof(Foreign))]
    public void Parse_NotTheQuestion_IsForeign(string what)
    {
        _builder.Address("10.0.0.1");
        switch (what)
        {
            case "id":
                _builder.IdChange = 1;
                break;
            case "query":
                _builder.Flags &= 0x7FFF;
                break;
            case "opcode":
                _builder.Flags |= 0x0800;
                break;
            default:
                _builder.Question = what switch
                {
                    "name" => [.. DnsMessageBuilder.Name("b.test"), 0, 1, 0, 1],
                    "type" => [.. DnsMessageBuilder.Name("a.test"), 0, 28, 0, 1],
                    "class" => [.. DnsMessageBuilder.Name("a.test"), 0, 1, 0, 3],
                    "longer name" => [.. DnsMessageBuilder.Name("x.a.test"), 0, 1, 0, 1],
                    _ => [],
                };
                break;
        }

        Assert.Equal(DnsResponseStatus.Foreign, DnsResponse.Parse(_builder.Build(), Id, Question).Status);
    }

    public static TheoryData<byte[]> BadOwners => new(
        [0xC0, 0xFF],                       // points behind the message
        [0xC0, 24],                         // points to itself
        [0xC0],                             // half a pointer
        [1, (byte)'a', 0xC0, 24],           // points to its own beginning
        [0x80, 0],                          // a label type that does not exist
        [0x40],
        [3, (byte)'a', (byte)'.', (byte)'b', 0], // a dot inside a label
        [1, 0, 0],
        [1, 0xE4, 0],
        [63]);                              // leaves the message

    [Theory]
    [MemberData(nameof(BadOwners))]
    public void Parse_BadName_Fails(byte[] owner)
    {
        byte[] message = [.. _builder.With(builder => builder.Count = 1).Build(), .. owner];

        Assert.Equal(24, message.Length - owner.Length);
        Assert.Equal(DnsOutcome.Failed, DnsResponse.Parse(message, Id, Question).Answer.Outcome);
        Assert.Equal(DnsOutcome.Failed, DnsResponse.Parse([.. message, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 1, 1, 1, 1], Id, Question).Answer.Outcome);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(0)]
    [InlineData(65535)]
    public void Parse_AddressOfWrongLength_Fails(int length) => Assert.Equal(DnsOutcome.Failed, Parse(_builder.Record([0xC0, 12], 1, 60, new byte[Math.Min(length, 10)], length: length)).Outcome);

    [Fact]
    public void Parse_FewerRecordsThanCounted_Fails() => Assert.Equal(DnsOutcome.Failed, Parse(_builder.Address("10.0.0.1").With(builder => builder.Count = 65535)).Outcome);

    [Fact]
    public void Parse_EveryPrefixAndEveryMutation_NeverThrows()
    {
        byte[] message = _builder.Alias("b.test").Record([1, (byte)'b', 0xC0, 14], 1, 60, [10, 0, 0, 1]).Address("10.0.0.2", 60, "b.test").Build();
        Assert.Equal(2, DnsResponse.Parse(message, Id, Question).Answer.Addresses.Length);

        for (int i = 0; i < message.Length; i++)
        {
            Assert.NotEqual(DnsOutcome.Resolved, Outcome(message[..i]));
            for (int value = 0; value < 256; value++)
            {
                byte[] mutated = [.. message];
                mutated[i] = (byte)value;
                _ = Outcome(mutated);
            }
        }
    }

    [Fact]
    public void Parse_RandomBytesBehindTheQuestion_NeverThrow()
    {
        var random = new Random(1);
        byte[] head = _builder.With(builder => builder.Count = 65535).Build();
        for (int i = 0; i < 5000; i++)
        {
            byte[] tail = new byte[random.Next(600)];
            random.NextBytes(tail);
            Assert.Equal(DnsOutcome.Failed, Outcome([.. head, .. tail]));
        }
    }

    private static DnsOutcome Outcome(byte[] message) => DnsResponse.Parse(message, Id, Question) is { Status: DnsResponseStatus.Answer } response ? response.Answer.Outcome : DnsOutcome.Failed;

    private static DnsAnswer Parse(DnsMessageBuilder builder)
    {
        var response = DnsResponse.Parse(builder.Build(), Id, Question);
        Assert.Equal(DnsResponseStatus.Answer, response.Status);
        return response.Answer;
    }
}
