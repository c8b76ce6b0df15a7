"""The recipe of ccpairs as an Airflow DAG: one spark-submit for each stage, a workspace for each month's dumps.

Needs Airflow 2.10 or 3 with apache-airflow-providers-apache-spark, and a Spark connection "spark_default" whose spark-submit
is of a Spark 4.1 for Scala 2.13. Copy this file into the DAGs folder and set the params below.

A stage that is done says "up to date" in seconds and one that was broken off goes on where it was, so retries and
clearing a task are harmless. STAGES are the lines of `ccpairs run --commands` for conf/recipes/e5-small.conf; a test compares them.
"""

from __future__ import annotations

from datetime import datetime, timedelta

try:
    from airflow.sdk import DAG, Asset, Param
except ImportError:  # Airflow 2
    from airflow.datasets import Dataset as Asset
    from airflow.models.dag import DAG
    from airflow.models.param import Param

from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator

MAIN_CLASS = "io.ccpairs.jobs.cli.Main"

# fmt: off
# Read as JSON by the test.
STAGES = [
  ["mine", ["mine", "--reddit", "{{ params.dumps }}/reddit", "--stackexchange", "{{ params.dumps }}/stackexchange", "--wikipedia", "{{ params.dumps }}/wikipedia", "--out", "{{ params.lake }}/{{ ds }}", "--on-existing", "resume", "--config", "{{ params.config }}"]],
  ["clean", ["clean", "--in", "{{ params.lake }}/{{ ds }}/pairs", "--out", "{{ params.lake }}/{{ ds }}", "--on-existing", "resume", "--config", "{{ params.config }}"]],
  ["dedup", ["dedup", "--in", "{{ params.lake }}/{{ ds }}/clean", "--out", "{{ params.lake }}/{{ ds }}", "--on-existing", "resume", "--config", "{{ params.config }}"]],
  ["leaks", ["leaks", "--in", "{{ params.lake }}/{{ ds }}/unique", "--eval", "{{ params.evaluation }}", "--out", "{{ params.lake }}/{{ ds }}", "--on-existing", "resume", "--config", "{{ params.config }}"]],
  ["shard-first", ["shard", "--in", "{{ params.lake }}/{{ ds }}/unseen", "--out", "{{ params.lake }}/{{ ds }}/first", "--on-existing", "resume", "--config", "{{ params.config }}"]],
  ["pretrain-first", ["pretrain", "--in", "{{ params.lake }}/{{ ds }}/first/shards", "--new", "small", "--out", "{{ params.lake }}/{{ ds }}/first/model", "--on-existing", "resume", "--config", "{{ params.config }}"]],
  ["filter", ["filter", "--in", "{{ params.lake }}/{{ ds }}/unseen", "--model", "{{ params.lake }}/{{ ds }}/first/model", "--out", "{{ params.lake }}/{{ ds }}", "--on-existing", "resume", "--config", "{{ params.config }}"]],
  ["shard-last", ["shard", "--in", "{{ params.lake }}/{{ ds }}/consistent", "--out", "{{ params.lake }}/{{ ds }}/last", "--on-existing", "resume", "--config", "{{ params.config }}"]],
  ["pretrain-last", ["pretrain", "--in", "{{ params.lake }}/{{ ds }}/last/shards", "--new", "small", "--out", "{{ params.lake }}/{{ ds }}/last/model", "--on-existing", "resume", "--config", "{{ params.config }}"]],
  ["evaluate-first", ["evaluate", "--model", "{{ params.lake }}/{{ ds }}/first/model", "--model-name", "local/first", "--tasks", "{{ params.evaluation }}", "--out", "{{ params.lake }}/{{ ds }}", "--config", "{{ params.config }}"]],
  ["evaluate-last", ["evaluate", "--model", "{{ params.lake }}/{{ ds }}/last/model", "--model-name", "local/last", "--tasks", "{{ params.evaluation }}", "--out", "{{ params.lake }}/{{ ds }}", "--config", "{{ params.config }}"]],
  ["report", ["report", "{{ params.lake }}/{{ ds }}/consistent"]]
]
# fmt: on

# What stages need beyond the connection's own settings. A rank of a training has a GPU. Of filter only those tasks that
# encode take them, which Spark arranges as long as its tasks in general ask for none.
EXECUTOR_GPUS = {
    "spark.executor.resource.gpu.amount": "1",
    "spark.executor.resource.gpu.discoveryScript": "{{ params.gpu_script }}",
}
CONF = {
    "pretrain-first": {**EXECUTOR_GPUS, "spark.task.resource.gpu.amount": "1"},
    "filter": EXECUTOR_GPUS,
    "pretrain-last": {**EXECUTOR_GPUS, "spark.task.resource.gpu.amount": "1"},
}

with DAG(
    dag_id="ccpairs_recipe",
    schedule="@monthly",
    start_date=datetime(2024, 1, 1),
    catchup=False,
    max_active_runs=1,  # two months at once would share the GPUs
    default_args={"retries": 3, "retry_delay": timedelta(minutes=5), "retry_exponential_backoff": True},
    params={
        "jar": Param("/opt/ccpairs/ccpairs.jar", type="string", description="jobs/target/ccpairs.jar where spark-submit runs"),
        "config": Param("/opt/ccpairs/conf/recipes/e5-small.conf", type="string", description="settings of all stages"),
        "dumps": Param("s3a://dumps", type="string", description="holds reddit, stackexchange and wikipedia"),
        "evaluation": Param("s3a://lake/evaluation", type="string", description="task folders: nothing of them is trained on"),
        "lake": Param("s3a://lake/ccpairs", type="string", description="gets a workspace for each month"),
        "gpu_script": Param("/opt/spark/examples/src/main/scripts/getGpusResources.sh", type="string"),
    },
    tags=["ccpairs"],
    doc_md=__doc__,
) as dag:
    before = None
    for name, arguments in STAGES:
        # The first training restarts from its own checkpoints; a retry of the task goes on from the last one.
        task = SparkSubmitOperator(
            task_id=name,
            conn_id="spark_default",
            application="{{ params.jar }}",
            java_class=MAIN_CLASS,
            name="ccpairs-" + name + "-{{ ds }}",
            application_args=arguments,
            conf=CONF.get(name, {}),
            outlets=[Asset("ccpairs://consistent")] if name == "filter" else [],
        )
        if before is not None:
            before >> task
        before = task
