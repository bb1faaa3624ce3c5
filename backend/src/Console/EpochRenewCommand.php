<?php

declare(strict_types=1);

namespace Syncline\Console;

use Closure;
use Symfony\Component\Console\Attribute\AsCommand;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Input\InputOption;
use Symfony\Component\Console\Output\OutputInterface;
use Syncline\Database\Connection;
use Syncline\Sync\SpaceRepository;

/** After a restore the server may lack what clients believe that it holds; a new epoch makes them offer it again. */
#[AsCommand('epoch:renew', 'Gives the spaces a new epoch; run it after restoring a backup')]
final class EpochRenewCommand extends Command
{
    /**
     * @param Closure(): Connection $connection
     * @param Closure(): SpaceRepository $spaces
     */
    public function __construct(private readonly Closure $connection, private readonly Closure $spaces)
    {
        parent::__construct();
    }

    protected function configure(): void
    {
        $this->addOption('account', null, InputOption::VALUE_REQUIRED, 'Only this account, 16 hexadecimal digits');
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $account = $input->getOption('account');
        $spaces = ($this->spaces)();
        if ($account === null) {
            $ids = $spaces->ids();
        } elseif (is_string($account) && preg_match('/\A[0-9a-f]{16}\z/', $account) === 1) {
            $ids = [(string) hex2bin($account)];
        } else {
            $output->writeln('<error>--account must be 16 hexadecimal digits</error>');
            return self::INVALID;
        }
        $renewed = 0;
        foreach ($ids as $id) {
            $renewed += ($this->connection)()->write(static fn (): int => $spaces->renewEpoch($id));
        }
        if ($account !== null && $renewed === 0) {
            $output->writeln('<error>there is no such account</error>');
            return self::FAILURE;
        }
        $output->writeln(sprintf('renewed %d', $renewed));
        return self::SUCCESS;
    }
}
