<?php

declare(strict_types=1);

namespace Syncline\Console;

use Symfony\Component\Console\Attribute\AsCommand;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Output\OutputInterface;

#[AsCommand('key:generate', 'Prints a new SYNCLINE_JWT_SECRET line for .env')]
final class KeyGenerateCommand extends Command
{
    private const SECRET_BYTES = 32;

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $output->writeln('SYNCLINE_JWT_SECRET=' . bin2hex(random_bytes(self::SECRET_BYTES)));
        return self::SUCCESS;
    }
}
