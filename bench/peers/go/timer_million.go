// timer_million.go - Go: each goroutine sleeps once, up to two seconds, on as many processors as there are.
//
// SPDX-License-Identifier: MIT
package main

import (
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// The next of the series of spans that bench.h gives the programs in C.
func span(state *uint64) time.Duration {
	*state ^= *state << 13
	*state ^= *state >> 7
	*state ^= *state << 17
	return time.Duration(*state % 2000000000)
}

func main() {
	count, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	series := uint64(88172645463325252)
	var done int64
	var all sync.WaitGroup
	all.Add(count)
	for i := 0; i < count; i++ {
		go func(d time.Duration) {
			time.Sleep(d)
			atomic.AddInt64(&done, 1)
			all.Done()
		}(span(&series))
	}
	all.Wait()
	fmt.Printf("{\"bench\":\"timer.million\",\"subject\":\"go\",\"done\":%d}\n", done)
}
