<?php

declare(strict_types=1);

namespace Syncline\Tests\Unit;

use PHPUnit\Framework\TestCase;
use Syncline\Codec\Code;

final class CodeTest extends TestCase
{
    public function testTheCodesAreThoseOfTheSpecification(): void
    {
        $document = json_decode(
            (string) file_get_contents(dirname(__DIR__, 3) . '/spec/codes.json'),
            true,
            16,
            JSON_THROW_ON_ERROR,
        );
        self::assertIsArray($document);
        self::assertIsArray($document['codes']);
        $specified = [];
        foreach ($document['codes'] as $entry) {
            self::assertIsArray($entry);
            self::assertIsArray($entry['used_by']);
            if (in_array('backend', $entry['used_by'], true)) {
                self::assertIsString($entry['code']);
                $specified[$entry['code']] = [$entry['status'], $entry['retryable']];
            }
        }
        $implemented = [];
        foreach (Code::cases() as $code) {
            $implemented[$code->value] = [$code->status(), $code->retryable()];
        }
        ksort($specified);
        ksort($implemented);
        self::assertSame($specified, $implemented);
    }
}
