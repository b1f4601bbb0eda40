using System.Text;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Zoneway.Xds.Protocol;

namespace Zoneway.Xds.Translation;

/// <summary>A field on the wire that our messages do not declare.</summary>
/// <param name="Message">Path of the message it is in; empty at the top.</param>
/// <param name="Number">Its number.</param>
/// <param name="IsUnsafe">Whether <see cref="UnsafeFields"/> lists it.</param>
internal sealed record UnknownField(string Message, int Number, bool IsUnsafe)
{
    /// <summary>Path of the field, with its number as last step.</summary>
    public string Path => Message.Length == 0 ? $"{Number}" : $"{Message}.{Number}";
}

/// <summary>
/// Finds the fields of a serialized message that our subset of the API does not declare, inside known <see cref="Any"/> messages too. A message that
/// we declare without any field is passed over: of those only the presence matters. protobuf encoding: a tag is field number · 8 + wire type.
/// </summary>
internal sealed class UnknownFieldScanner
{
    // The parser nests 100 messages at most, but each Any starts anew.
    private const int MaxDepth = 100;
    private const int MaxPerMessage = 8;

    private readonly List<UnknownField> _found = [];
    private readonly List<(string Field, int Index)> _path = [];

    private UnknownFieldScanner()
    {
    }

    /// <summary>Scans the bytes of a message.</summary>
    public static IReadOnlyList<UnknownField> Scan(MessageDescriptor descriptor, ReadOnlySpan<byte> bytes)
    {
        var scanner = new UnknownFieldScanner();
        scanner.ScanMessage(descriptor, bytes);
        return scanner._found;
    }

    private void ScanMessage(MessageDescriptor descriptor, ReadOnlySpan<byte> bytes)
    {
        if (_path.Count >= MaxDepth || IsOpaque(descriptor))
        {
            return;
        }

        Dictionary<int, int>? indices = null;
        var reported = new Reported();
        var reader = new WireReader(bytes);
        while (reader.TryRead(out var number, out var wireType, out var content))
        {
            var field = descriptor.FindFieldByNumber(number);
            if (field is null || !field.Accepts(wireType))
            {
                Report(descriptor, number, ref reported);
            }
            else if (field.FieldType == FieldType.Message)
            {
                var index = field.IsRepeated ? NextIndex(indices ??= [], number) : -1;
                _path.Add((field.Name, index));
                ScanField(field.MessageType, content);
                _path.RemoveAt(_path.Count - 1);
            }
        }
    }

    private void ScanField(MessageDescriptor type, ReadOnlySpan<byte> content)
    {
        if (type != Any.Descriptor)
        {
            ScanMessage(type, content);
            return;
        }

        string url = "";
        ReadOnlySpan<byte> value = [];
        var reader = new WireReader(content);
        while (reader.TryRead(out var number, out _, out var part))
        {
            if (number == Any.TypeUrlFieldNumber)
            {
                url = Encoding.UTF8.GetString(part);
            }
            else if (number == Any.ValueFieldNumber)
            {
                value = part;
            }
        }

        if (XdsTypeRegistry.Instance.Find(Any.GetTypeName(url)) is { } inner)
        {
            ScanMessage(inner, value);
        }
    }

    // Of one message the first few are enough, and of those that make it unusable the first one.
    private void Report(MessageDescriptor descriptor, int number, ref Reported reported)
    {
        var isUnsafe = UnsafeFields.Contains(descriptor, number);
        if (isUnsafe ? reported.Unsafe++ == 0 : reported.Other++ < MaxPerMessage && _found.Count < Findings.MaxEntries)
        {
            _found.Add(new(string.Join('.', _path.Select(step => step.Index < 0 ? step.Field : $"{step.Field}[{step.Index}]")), number, isUnsafe));
        }
    }

    private static bool IsOpaque(MessageDescriptor descriptor) =>
        descriptor.Fields.InDeclarationOrder().Count == 0 || descriptor.File.Package == "google.protobuf";

    private static int NextIndex(Dictionary<int, int> indices, int number) => indices[number] = indices.TryGetValue(number, out var last) ? last + 1 : 0;

    private struct Reported
    {
        public long Unsafe;
        public long Other;
    }
}
