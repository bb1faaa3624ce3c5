<?php

declare(strict_types=1);

namespace Syncline\Tests\Vectors;

use PHPUnit\Framework\Assert;

/** Reads the golden vectors of spec/vectors, strictly: a case of a kind or with a member that is not known fails. */
final class VectorFile
{
    /**
     * @param array<string, array{list<string>, list<string>}> $kinds by kind ('' for a file that has none): the members
     *     that a case has, and those that it may have, besides name and kind
     * @return iterable<string, array{VectorCase}>
     */
    public static function cases(string $file, array $kinds): iterable
    {
        $text = file_get_contents(dirname(__DIR__, 3) . '/spec/vectors/' . $file);
        $document = json_decode((string) $text, true, 64, JSON_THROW_ON_ERROR);
        Assert::assertIsArray($document);
        Assert::assertIsArray($document['cases']);
        foreach ($document['cases'] as $members) {
            Assert::assertIsArray($members);
            $case = new VectorCase($members);
            $kind = $case->has('kind') ? $case->text('kind') : '';
            $name = $case->text('name');
            Assert::assertArrayHasKey($kind, $kinds, 'a kind that the runner does not know: ' . $name);
            [$required, $optional] = $kinds[$kind];
            $known = ['name', ...$kind === '' ? [] : ['kind'], ...$required];
            Assert::assertSame([], array_diff($known, array_keys($members)), $name);
            Assert::assertSame([], array_diff(array_keys($members), [...$known, ...$optional]), $name);
            yield $name => [$case];
        }
    }
}
