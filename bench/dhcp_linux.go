package main

import "context"

func (b *bench) dhcp(ctx context.Context) error { return nil }
func enter([]string) error                      { return nil }
