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
    /**
     * @param Closure(): Migrator $migrator
     * @param ?string $folder of the database, if it is to be made
     */
    public function __construct(private readonly Closure $migrator, private readonly ?string $folder)
    {
        parent::__construct();
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        if ($this->folder !== null && !is_dir($this->folder)) {
            mkdir($this->folder, 0700);
        }
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
