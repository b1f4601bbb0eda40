using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Zoneway.Xds.Translation;

/// <summary>Steps through the fields of a serialized message. Ends early, without complaint, at bytes that are not protobuf.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>The next field; false at the end. Only length-delimited fields have content.</summary>
    public bool TryRead(out int number, out WireFormat.WireType wireType, out ReadOnlySpan<byte> content)
    {
        content = [];
        number = 0;
        wireType = WireFormat.WireType.Varint;
        if (!TryReadVarint(out var tag) || tag > uint.MaxValue)
        {
            return false;
        }

        number = WireFormat.GetTagFieldNumber((uint)tag);
        wireType = WireFormat.GetTagWireType((uint)tag);
        switch (wireType)
        {
            case WireFormat.WireType.Varint:
                return TryReadVarint(out _);
            case WireFormat.WireType.Fixed64:
                return TryTake(8, out _);
            case WireFormat.WireType.Fixed32:
                return TryTake(4, out _);
            case WireFormat.WireType.LengthDelimited:
                return TryReadVarint(out var length) && TryTake(length, out content);
            default:
                // Groups are not used by any message of ours: the field is reported, the rest of the message is not read.
                _rest = [];
                return true;
        }
    }

    private bool TryReadVarint(out ulong value)
    {
        value = 0;
        for (var i = 0; i < 10 && i < _rest.Length; i++)
        {
            value |= (ulong)(_rest[i] & 0x7F) << (7 * i);
            if (_rest[i] < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return true;
            }
        }

        return false;
    }

    private bool TryTake(ulong length, out ReadOnlySpan<byte> taken)
    {
        taken = [];
        if (length > (ulong)_rest.Length)
        {
            return false;
        }

        taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return true;
    }
}

/// <summary>Which wire types the parser takes for a declared field; with any other one the field counts as unknown.</summary>
internal static class WireTypes
{
    /// <summary>Whether the parser reads a field of this wire type into the declared one.</summary>
    public static bool Accepts(this FieldDescriptor field, WireFormat.WireType wireType)
    {
        var declared = field.FieldType switch
        {
            FieldType.Message or FieldType.String or FieldType.Bytes => WireFormat.WireType.LengthDelimited,
            FieldType.Double or FieldType.Fixed64 or FieldType.SFixed64 => WireFormat.WireType.Fixed64,
            FieldType.Float or FieldType.Fixed32 or FieldType.SFixed32 => WireFormat.WireType.Fixed32,
            FieldType.Group => WireFormat.WireType.StartGroup,
            _ => WireFormat.WireType.Varint,
        };
        return wireType == declared || (field.IsRepeated && wireType == WireFormat.WireType.LengthDelimited);
    }
}
