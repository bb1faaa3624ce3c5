<?php

declare(strict_types=1);

namespace Syncline\Database;

use RuntimeException;

/** A transaction lost against others in every attempt. Nothing of it was stored. */
final class BusyException extends RuntimeException
{
}
