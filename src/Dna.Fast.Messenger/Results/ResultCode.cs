namespace Dna.Fast.Messenger;

/// <summary>What came of a call of this layer: the original client's thirteen numbers (DNA layer, section 4), kept because applications know them.</summary>
public enum ResultCode
{
    Success = 0,

    /// <summary>None of the others says it.</summary>
    GeneralError = -1,

    /// <summary>Nodes answered, and nobody has it. Never said when nobody answered: that is <see cref="NetworkError"/> or <see cref="Timeout"/>.</summary>
    NotFound = -2,

    /// <summary>Something is there, and its signature, its owner or its claim is wrong.</summary>
    AuthenticationFailed = -3,

    /// <summary>The deadline came first; whether it was done, or is there, is not known.</summary>
    Timeout = -4,

    /// <summary>An argument breaks a rule; nothing was sent.</summary>
    InvalidParameter = -5,

    /// <summary>It does not fit where it should go: a full outbox, a record above the size limit.</summary>
    OutOfMemory = -6,

    /// <summary>No node answered, or none took the value.</summary>
    NetworkError = -7,

    /// <summary>Something is there, and it is no record of its kind.</summary>
    SerializationFailed = -8,

    /// <summary>A key does not belong to its suite, or what was sealed does not open.</summary>
    CryptographyFailed = -9,

    /// <summary>The client is not started, or already stopped.</summary>
    NotInitialized = -10,

    /// <summary>It is somebody else's already: a taken name; or there already: a member, a vote.</summary>
    AlreadyExists = -11,

    /// <summary>A file of ours could not be read or written.</summary>
    StorageError = -12,
}

/// <summary>The texts of the codes.</summary>
public static class ResultCodes
{
    /// <summary>The original client's words for a code (section 4); for other numbers <c>Unknown error</c>.</summary>
    public static string TextOf(ResultCode code) => code switch
    {
        ResultCode.Success => "Success",
        ResultCode.GeneralError => "General error",
        ResultCode.NotFound => "Not found in DHT",
        ResultCode.AuthenticationFailed => "Authentication/signature verification failed",
        ResultCode.Timeout => "Operation timed out",
        ResultCode.InvalidParameter => "Invalid parameter",
        ResultCode.OutOfMemory => "Memory allocation failed",
        ResultCode.NetworkError => "Network/DHT communication error",
        ResultCode.SerializationFailed => "Serialization/deserialization failed",
        ResultCode.CryptographyFailed => "Cryptographic operation failed",
        ResultCode.NotInitialized => "DHT context not initialized",
        ResultCode.AlreadyExists => "Item already exists",
        ResultCode.StorageError => "Storage/persistence error",
        _ => "Unknown error",
    };
}
