<?php

declare(strict_types=1);

namespace Syncline;

use LogicException;
use Pimple\Container;

/** Pimple, with the type of what it holds: a service is kept under the name of its class. */
final class Services extends Container
{
    /**
     * @template T of object
     * @param class-string<T> $class
     * @return T
     */
    public function get(string $class): object
    {
        $service = $this->offsetGet($class);
        return $service instanceof $class ? $service : throw new LogicException('there is no ' . $class);
    }

    /**
     * Says how to make a service, once, when it is first asked for. Replaces what was said before.
     *
     * @template T of object
     * @param class-string<T> $class
     * @param callable(self): T $make
     */
    public function set(string $class, callable $make): void
    {
        $this->offsetSet($class, static fn (Container $services): object => $make($services instanceof self
            ? $services
            : throw new LogicException('not the container of its own services')));
    }
}
