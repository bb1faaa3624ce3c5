<?php

declare(strict_types=1);

namespace Syncline\Console;

use Closure;
use Symfony\Component\Console\Attribute\AsCommand;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Output\OutputInterface;
use Syncline\Account\AttemptGuard;
use Syncline\Account\RefreshTokens;
use Syncline\Database\Connection;

#[AsCommand('maintenance:purge', 'Deletes expired tokens and old attempts; run it daily by cron')]
final class MaintenancePurgeCommand extends Command
{
    /**
     * @param Closure(): Connection $connection
     * @param Closure(): RefreshTokens $tokens
     * @param Closure(): AttemptGuard $guard
     */
    public function __construct(
        private readonly Closure $connection,
        private readonly Closure $tokens,
        private readonly Closure $guard,
    ) {
        parent::__construct();
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $connection = ($this->connection)();
        $tokens = $connection->write(fn (): int => ($this->tokens)()->purge());
        $attempts = $connection->write(fn (): int => ($this->guard)()->purge());
        $output->writeln(sprintf('deleted %d tokens and %d attempts', $tokens, $attempts));
        return self::SUCCESS;
    }
}
