<?php

declare(strict_types=1);

namespace Syncline\Tests\Application;

use PHPUnit\Framework\TestCase;
use Syncline\Application;
use Syncline\Codec\BatchEncoder;
use Syncline\Database\Connection;
use Syncline\Database\Migrator;
use Syncline\Settings;
use Syncline\Sync\Push;
use Syncline\Sync\Pusher;
use Syncline\Sync\SpaceRepository;
use Syncline\Tests\Support\Ops;
use Syncline\Tests\Support\TestApp;

/** Kills processes that push, and looks at what they leave in the database. */
final class DurabilityTest extends TestCase
{
    private const KILLS = 12;

    private string $file = '';
    private Settings $settings;

    protected function setUp(): void
    {
        $this->settings = TestApp::settings();
        if (TestApp::isMysql()) {
            new TestApp();
            return;
        }
        $this->file = (string) tempnam(sys_get_temp_dir(), 'syncline');
        $this->settings = new Settings('sqlite:' . $this->file, '', '', TestApp::SECRET, 'stderr', '');
    }

    protected function tearDown(): void
    {
        foreach ($this->file === '' ? [] : (array) glob($this->file . '*') as $file) {
            unlink((string) $file);
        }
    }

    public function testWhatAVerdictSaidSurvivesAKillAndAPushIsNeverHalfThere(): void
    {
        [$connection, $spaces, $spaceId] = $this->space();
        $acknowledged = 0;
        $next = 0;
        for ($kill = 0; $kill < self::KILLS; $kill++) {
            $acknowledged = max($acknowledged, $this->pushUntilKilled($spaceId, $next, random_int(5, 60)));
            // A server may still be at the commit of a client that is dead; the lock waits for its end.
            [$head, $pushes] = $connection->write(static fn (): array => [
                $spaces->lock($spaceId)?->head,
                $connection->rows('SELECT seq, COUNT(*) FROM slots GROUP BY seq ORDER BY seq'),
            ]);
            self::assertGreaterThanOrEqual($acknowledged, count($pushes), 'an acknowledged push is gone');
            self::assertSame(array_fill(0, count($pushes), 100), array_column($pushes, 1), 'a push is half there');
            self::assertSame(count($pushes), $head);
            $next = count($pushes);
        }
        self::assertGreaterThan(0, $acknowledged);
    }

    /** @return array{Connection, SpaceRepository, string} */
    private function space(): array
    {
        $container = Application::container($this->settings);
        $connection = $container->get(Connection::class);
        $spaces = $container->get(SpaceRepository::class);
        $container->get(Migrator::class)->migrate();
        $id = random_bytes(8);
        $connection->execute(
            'INSERT INTO accounts (id, email, password_hash, created_ms) VALUES (?, ?, ?, 0)',
            [$id, 'ann@example.org', 'x'],
        );
        $spaces->create($id);
        return [$connection, $spaces, $id];
    }

    /** @return int the last push that the killed process had a verdict for */
    private function pushUntilKilled(string $spaceId, int $next, int $milliseconds): int
    {
        $sockets = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
        self::assertIsArray($sockets);
        $child = pcntl_fork();
        if ($child === 0) {
            $this->pushForever($spaceId, $next, $sockets[1]);
        }
        fclose($sockets[1]);
        // The first verdict shows that the process is at work; from then on it may be killed anywhere.
        $told = (string) fgets($sockets[0]);
        usleep($milliseconds * 1000);
        posix_kill($child, SIGKILL);
        pcntl_waitpid($child, $status);
        $told .= stream_get_contents($sockets[0]);
        preg_match_all('/(\d+)\n/', $told, $matches);
        return (int) array_pop($matches[1]);
    }

    /** @param resource $socket */
    private function pushForever(string $spaceId, int $next, mixed $socket): never
    {
        $pusher = Application::container($this->settings)->get(Pusher::class);
        for ($push = $next; true; $push++) {
            $ops = [];
            for ($index = 0; $index < 100; $index++) {
                $ops[] = Ops::op(sprintf('meals/%d-%02d/name', $push, $index), $index);
            }
            $pusher->push($spaceId, Ops::replica(), new Push(BatchEncoder::encode($ops)));
            fwrite($socket, ($push + 1) . "\n");
        }
    }
}
