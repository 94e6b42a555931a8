// SPDX-License-Identifier: Apache-2.0

// Command client asks an appliance by what a generator made of its OpenAPI document: main.go ADDRESS TOKEN.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
)

func main() {
	if err := run(context.Background(), os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, address, token string) error {
	c, err := NewClientWithResponses(address, WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+token)
		return nil
	}))
	if err != nil {
		return err
	}
	search, limit := "node", 2
	page, err := c.ListMachinesWithResponse(ctx, &ListMachinesParams{Q: &search, Limit: &limit})
	if err != nil {
		return err
	}
	for _, m := range page.JSON200.Machines {
		fmt.Println(m.Id, m.State)
	}
	one, err := c.GetMachineWithResponse(ctx, "host/node1")
	if err != nil {
		return err
	}
	fmt.Println(one.JSON200.Name, *one.JSON200.Profile, len(*one.JSON200.Reasons) > 0)
	held, err := c.OrderMachineWithResponse(ctx, "node1", "hold", OrderMachineJSONRequestBody{})
	if err != nil {
		return err
	}
	fmt.Println(held.JSON200.Changed, held.JSON200.Machine.State)
	gone, err := c.GetMachineWithResponse(ctx, "nobody")
	if err != nil {
		return err
	}
	fmt.Println(gone.ApplicationproblemJSONDefault.Status, gone.ApplicationproblemJSONDefault.Title)
	return nil
}
