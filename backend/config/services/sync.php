<?php

/** Spaces, slots, and what pushes and pulls them. */

declare(strict_types=1);

use Syncline\Clock;
use Syncline\Database\Connection;
use Syncline\Services;
use Syncline\Sync\FenceRepository;
use Syncline\Sync\Meeting;
use Syncline\Sync\PageRepository;
use Syncline\Sync\Puller;
use Syncline\Sync\Pusher;
use Syncline\Sync\ReplicaRepository;
use Syncline\Sync\Replicas;
use Syncline\Sync\SlotRepository;
use Syncline\Sync\SpaceRepository;
use Syncline\Sync\TakenRepository;

return static function (Services $services): void {
    $services->set(SpaceRepository::class, static fn (Services $all): SpaceRepository => new SpaceRepository(
        $all->get(Connection::class),
    ));
    $services->set(SlotRepository::class, static fn (Services $all): SlotRepository => new SlotRepository(
        $all->get(Connection::class),
    ));
    $services->set(PageRepository::class, static fn (Services $all): PageRepository => new PageRepository(
        $all->get(Connection::class),
    ));
    $services->set(ReplicaRepository::class, static fn (Services $all): ReplicaRepository => new ReplicaRepository(
        $all->get(Connection::class),
    ));
    $services->set(FenceRepository::class, static fn (Services $all): FenceRepository => new FenceRepository(
        $all->get(Connection::class),
    ));
    $services->set(TakenRepository::class, static fn (Services $all): TakenRepository => new TakenRepository(
        $all->get(Connection::class),
    ));
    $services->set(Meeting::class, static fn (Services $all): Meeting => new Meeting(
        $all->get(SlotRepository::class),
    ));
    $services->set(Replicas::class, static fn (Services $all): Replicas => new Replicas(
        $all->get(Connection::class),
        $all->get(SpaceRepository::class),
        $all->get(ReplicaRepository::class),
        $all->get(Clock::class),
    ));
    $services->set(Pusher::class, static fn (Services $all): Pusher => new Pusher(
        $all->get(Connection::class),
        $all->get(SpaceRepository::class),
        $all->get(SlotRepository::class),
        $all->get(ReplicaRepository::class),
        $all->get(FenceRepository::class),
        $all->get(TakenRepository::class),
        $all->get(Meeting::class),
        $all->get(Clock::class),
    ));
    $services->set(Puller::class, static fn (Services $all): Puller => new Puller(
        $all->get(Connection::class),
        $all->get(SpaceRepository::class),
        $all->get(PageRepository::class),
    ));
};
