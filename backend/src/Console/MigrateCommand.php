<?php

declare(strict_types=1);

namespace Syncline\Console;

use Closure;
use Symfony\Component\Console\Attribute\AsCommand;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Output\OutputInterface;
use Syncline\Database\Migrator;

#[AsCommand('migrate', 'Brings the database to the newest schema')]
final class MigrateCommand extends Command
{
    /** @param Closure(): Migrator $migrator */
    public function __construct(private readonly Closure $migrator)
    {
        parent::__construct();
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $applied = ($this->migrator)()->migrate();
        foreach ($applied as $name) {
            $output->writeln('applied ' . $name);
        }
        if ($applied === []) {
            $output->writeln('nothing to do');
        }
        return self::SUCCESS;
    }
}
