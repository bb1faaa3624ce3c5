<?php

declare(strict_types=1);

namespace Syncline\Tests\Support;

use PHPUnit\Framework\Assert;
use Random\Engine\Mt19937;
use Random\Randomizer;

/** The inputs that the engine's fuzz targets start from, and mutants of inputs that are the same in every run. */
final class Corpus
{
    private const SEED = 20_260_101;
    private const CHANGES_MAX = 4;
    private const INSERTED_BYTES_MAX = 8;

    /** @return array<string, string> the content of each file by its name */
    public static function of(string $target): array
    {
        $files = glob(dirname(__DIR__, 3) . '/tests/fuzz/corpus/' . $target . '/*');
        Assert::assertIsArray($files);
        Assert::assertNotSame([], $files, 'there is no corpus ' . $target);
        $inputs = [];
        foreach ($files as $file) {
            $inputs[basename($file)] = (string) file_get_contents($file);
        }
        return $inputs;
    }

    /**
     * Each is one of the inputs with a few changes: bytes flipped, set, inserted, removed, doubled, or the end of
     * another.
     *
     * @param array<array-key, string> $inputs
     * @return iterable<string>
     */
    public static function mutants(array $inputs, int $count): iterable
    {
        $random = new Randomizer(new Mt19937(self::SEED));
        $inputs = array_values($inputs);
        for ($made = 0; $made < $count; $made++) {
            $mutant = self::oneOf($inputs, $random);
            for ($left = $random->getInt(1, self::CHANGES_MAX); $left > 0; $left--) {
                $mutant = self::changed($mutant, self::oneOf($inputs, $random), $random);
            }
            yield $mutant;
        }
    }

    /** @param list<string> $inputs */
    private static function oneOf(array $inputs, Randomizer $random): string
    {
        return $inputs[$random->getInt(0, count($inputs) - 1)];
    }

    private static function changed(string $bytes, string $other, Randomizer $random): string
    {
        $at = $random->getInt(0, strlen($bytes));
        $size = $random->getInt(1, self::INSERTED_BYTES_MAX);
        $rest = substr($bytes, $at + 1);
        return substr($bytes, 0, $at) . match ($random->getInt(0, 6)) {
            0 => chr(ord($bytes[$at] ?? "\0") ^ 1 << $random->getInt(0, 7)) . $rest,
            1 => chr($random->getInt(0, 255)) . $rest,
            2 => ["\0", "\x7F", "\x80", "\xFF", '"', '\\', '{', '['][$random->getInt(0, 7)] . $rest,
            3 => $random->getBytes($size) . substr($bytes, $at),
            4 => substr($bytes, $at + $size),
            5 => substr($bytes, $at, $size) . substr($bytes, $at),
            default => substr($other, $random->getInt(0, strlen($other))),
        };
    }
}
