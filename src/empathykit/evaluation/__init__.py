"""Honest numbers: metrics with intervals, tasks, peers, plots and the harness."""

from .behaviour import (
    BehaviourTest,
    fairness_gaps,
    list_behaviour_tests,
    run_behaviour,
)
from .calibration_curves import (
    ReliabilityBins,
    coverage_curve,
    reliability_bins,
    selective_accuracy,
)
from .compare import Comparison, compare
from .displays import (
    CoverageDisplay,
    LeaderboardDisplay,
    ReliabilityDisplay,
)
from .harness import evaluate
from .metrics import Score, score_classes, score_predictions, score_values
from .model_displays import TopFeaturesDisplay, plot_confusion, plot_learning_curve
from .peers import Peer, find_peer, list_peers
from .rationales import score_rationales
from .results import Result, Results
from .tasks import Protocol, Reference, Task, find_task, list_tasks, register_task

__all__ = [
    "BehaviourTest",
    "Comparison",
    "CoverageDisplay",
    "LeaderboardDisplay",
    "Peer",
    "Protocol",
    "Reference",
    "ReliabilityBins",
    "ReliabilityDisplay",
    "Result",
    "Results",
    "Score",
    "Task",
    "TopFeaturesDisplay",
    "compare",
    "coverage_curve",
    "evaluate",
    "fairness_gaps",
    "find_peer",
    "find_task",
    "list_behaviour_tests",
    "list_peers",
    "list_tasks",
    "plot_confusion",
    "plot_learning_curve",
    "register_task",
    "reliability_bins",
    "run_behaviour",
    "score_classes",
    "score_predictions",
    "score_rationales",
    "score_values",
    "selective_accuracy",
]
