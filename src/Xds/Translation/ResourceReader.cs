using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Zoneway.Xds.Resources;

namespace Zoneway.Xds.Translation;

/// <summary>Unpacks messages of a control plane. Hostile bytes end as findings.</summary>
internal static class ResourceReader
{
    /// <summary>Unpacks a resource, notes the fields that are not known, and checks that it has the name it was sent under.</summary>
    /// <returns>The message; null, with an error noted, when it is not one of the type or not of that name.</returns>
    public static T? Read<T>(XdsResource resource, MessageParser<T> parser, Func<T, string> nameOf, Findings findings)
        where T : class, IMessage<T>, new()
    {
        var message = Unpack(resource.Body, parser, findings, "");
        if (message is null)
        {
            return null;
        }

        findings.AddUnknown(UnknownFieldScanner.Scan(message.Descriptor, resource.Value.Span));
        if (resource.Name.Length == 0)
        {
            findings.Reject("", "it has no name");
            return null;
        }

        if (nameOf(message) != resource.Name)
        {
            findings.Reject("", $"the message inside is called '{nameOf(message)}'");
            return null;
        }

        return message;
    }

    /// <summary>Unpacks a message inside another one.</summary>
    /// <returns>The message; null, with an error noted, when it is of another type or malformed.</returns>
    public static T? Unpack<T>(Any body, MessageParser<T> parser, Findings findings, string field)
        where T : class, IMessage<T>, new()
    {
        if (TypeName(body) != parser.ParseFrom(ByteString.Empty).Descriptor.FullName)
        {
            findings.Reject(field, $"the type '{body.TypeUrl}' is not expected here");
            return null;
        }

        var message = TryParse(body, parser, out var problem);
        findings.RejectIf(message is null, field, $"the message cannot be parsed: {problem}");
        return message;
    }

    /// <summary>Parses the bytes inside an Any, whatever type it says it has; null, with what is wrong, when they are malformed.</summary>
    public static T? TryParse<T>(Any body, MessageParser<T> parser, out string? problem)
        where T : class, IMessage<T>
    {
        problem = null;
        try
        {
            return parser.ParseFrom(body.Value);
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidOperationException)
        {
            // Google.Protobuf 3.25.1 throws the second one for a wrapper (UInt32Value and so on) that is cut short.
            problem = exception.Message;
            return null;
        }
    }

    /// <summary>The full name of the message that an Any carries; empty when it has none.</summary>
    public static string TypeName(Any? body) => body is null ? "" : Any.GetTypeName(body.TypeUrl);
}
