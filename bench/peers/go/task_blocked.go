// task_blocked.go - Go: a thousand goroutines wait at once, are released by closing a channel, and end.
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
	"sync"
	"time"
)

const batch = 1000

func main() {
	count, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	runtime.GOMAXPROCS(1)
	var waiting, all sync.WaitGroup
	ran := 0
	start := time.Now()
	for ran < count {
		gate := make(chan struct{})
		body := func() {
			waiting.Done()
			<-gate
			ran++
			all.Done()
		}
		waiting.Add(batch)
		all.Add(batch)
		for i := 0; i < batch; i++ {
			go body()
		}
		waiting.Wait()
		runtime.Gosched() // the last one is about to wait
		close(gate)
		all.Wait()
	}
	spent := float64(time.Since(start).Nanoseconds())
	fmt.Printf("{\"bench\":\"task.blocked\",\"subject\":\"go\",\"unit\":\"ns\",\"value\":%.6g}\n",
		spent/float64(ran))
}
