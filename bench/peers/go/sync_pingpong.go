// sync_pingpong.go - Go: two goroutines send a number to and fro through two channels of one place.
//
// One processor, as for task_spawn.go.
//
// SPDX-License-Identifier: MIT
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"time"
)

func main() {
	count, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	runtime.GOMAXPROCS(1)
	there := make(chan int, 1)
	back := make(chan int, 1)
	go func() {
		for i := 0; i < count; i++ {
			back <- <-there + 1
		}
	}()
	ball := 0
	start := time.Now()
	for i := 0; i < count; i++ {
		there <- ball
		ball = <-back
	}
	spent := float64(time.Since(start).Nanoseconds())
	if ball != count {
		panic("a round was lost")
	}
	fmt.Printf("{\"bench\":\"sync.pingpong\",\"subject\":\"go\",\"unit\":\"ns\",\"value\":%.6g}\n",
		spent/float64(count))
}
