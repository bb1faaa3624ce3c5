<?php

declare(strict_types=1);

namespace Syncline\Tests\Unit;

use Nyholm\Psr7\Factory\Psr17Factory;
use PHPUnit\Framework\TestCase;
use RuntimeException;
use Syncline\Application;
use Syncline\Settings;
use Syncline\Tests\Support\TestApp;

final class SettingsTest extends TestCase
{
    public function testTheEnvironmentWinsOverTheFile(): void
    {
        $file = (string) tempnam(sys_get_temp_dir(), 'syncline');
        file_put_contents($file, "SYNCLINE_DSN=\"sqlite:/a b.sqlite\"\nSYNCLINE_LOG=/from/file\n# a comment\n");
        $settings = Settings::load('/root', ['SYNCLINE_ENV_FILE' => $file, 'SYNCLINE_LOG' => '/from/environment']);
        unlink($file);
        self::assertSame('sqlite:/a b.sqlite', $settings->dsn);
        self::assertSame('/from/environment', $settings->log);
    }

    public function testWithoutAnyTheDefaultsAreInTheOwnFolder(): void
    {
        $settings = Settings::load('/root', ['SYNCLINE_ENV_FILE' => '/nonexistent']);
        self::assertSame('sqlite:/root/var/syncline.sqlite', $settings->dsn);
        self::assertSame('stderr', $settings->log);
    }

    public function testAShortSecretIsRefused(): void
    {
        $this->expectException(RuntimeException::class);
        Settings::load('/root', ['SYNCLINE_ENV_FILE' => '/nonexistent', 'SYNCLINE_JWT_SECRET' => str_repeat('s', 31)])
            ->jwtSecret();
    }

    public function testTheServiceMayLiveBelowAPath(): void
    {
        $settings = new Settings('sqlite::memory:', '', '', TestApp::SECRET, 'stderr', '/sync');
        $app = Application::app(Application::container($settings));
        $get = static fn (string $path): int => $app
            ->handle((new Psr17Factory())->createServerRequest('GET', $path))->getStatusCode();
        self::assertSame(200, $get('/sync/v1/meta'));
        self::assertSame(404, $get('/v1/meta'));
    }
}
